//! Whatever a program asks of the library: it gets an answer, waits, or ends.

use proptest::prelude::*;

use crate::lv2_support::*;
use crate::program::*;

/// All functions with arguments, 15 at a time.
const FUNCTIONS: [[&str; 15]; 3] = [
    [
        "cellGcmAddressToOffset",
        "cellGcmIoOffsetToAddress",
        "cellGcmMapMainMemory",
        "cellGcmMapEaIoAddress",
        "cellGcmUnmapIoAddress",
        "cellGcmUnmapEaIoAddress",
        "cellGcmReserveIoMapSize",
        "cellGcmGetOffsetTable",
        "cellGcmSetDisplayBuffer",
        "cellGcmGetCurrentDisplayBufferId",
        "cellGcmGetDisplayBufferByFlipIndex",
        "cellGcmSetFlipMode",
        "cellGcmSetFlip",
        "cellGcmSetPrepareFlip",
        "cellGcmSetFlipImmediate",
    ],
    [
        "_cellGcmSetFlipCommand",
        "_cellGcmSetFlipCommandWithWaitLabel",
        "cellGcmSetWaitFlip",
        "cellGcmSetWaitFlipUnsafe",
        "cellGcmSetUserCommand",
        "cellGcmSetFlipHandler",
        "cellGcmSetVBlankHandler",
        "cellGcmSetSecondVFrequency",
        "cellGcmGetLabelAddress",
        "cellGcmGetReport",
        "cellGcmGetReportDataAddressLocation",
        "cellGcmGetReportDataLocation",
        "cellGcmGetTimeStampLocation",
        "cellGcmGetNotifyDataAddress",
        "cellGcmInitDefaultFifoMode",
    ],
    [
        "cellGcmGetTiledPitchSize",
        "cellGcmSetTile",
        "cellGcmBindTile",
        "cellGcmUnbindTile",
        "cellGcmBindZcull",
        "cellGcmUnbindZcull",
        "cellGcmGetConfiguration",
        "cellGcmInitSystemMode",
        "cellGcmGetDefaultCommandWordSize",
        "cellGcmSetDefaultCommandBuffer",
        "cellGcmUnreserveIoMapSize",
        "cellGcmMapEaIoAddressWithFlags",
        "cellGcmGetReportDataAddress",
        "cellGcmGetTimeStamp",
        "cellGcmGetDisplayInfo",
    ],
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_arguments_get_an_answer(
        which in 0..FUNCTIONS.len(),
        calls in prop::collection::vec(
            (1_u32..16, prop::collection::vec(any::<prop::sample::Index>(), 8)),
            1..20,
        ),
        put in any::<u32>(),
    ) {
        let pool = [
            0, 1, 2, 3, 7, 8, 15, 16, 0x40, 0x100, 0x800, 0x1000, 0x1_0000, 0x10_0000,
            0x0f90_0000, 0x1000_0000, 0x7fff_ffff, 0x8000_0000, u32::MAX, u32::MAX - 3,
            CONTEXT, CONTEXT_POINTER, SCRATCH, SCRATCH + 0x20, COMMANDS, CODE, IO, LOCAL, CONTROL,
            LABELS,
        ];
        let mut main = Vec::new();
        for (index, picks) in &calls {
            let arguments: Vec<u32> = picks.iter().map(|pick| pool[pick.index(pool.len())]).collect();
            main.push(import(*index, &arguments));
        }
        main.push(store(CONTROL, put));
        main.push(call(141, &[20_000]));
        main.push(exit(0));
        let mut machine = start(&program(&FUNCTIONS[which], &[], &main));
        let outcome = machine.run(200_000, &mut Seen::default());
        // How it ends is the program's affair; that it ends and can be told of is ours.
        prop_assert!(!machine.report(&outcome).is_empty());
    }

    /// Words of any kind where commands are expected.
    #[test]
    fn any_commands_end(words in prop::collection::vec(any::<u32>(), 1..200), small in any::<bool>()) {
        let words: Vec<u32> = words
            .into_iter()
            .map(|word| if small { word & 0x001c_1ffc } else { word })
            .collect();
        let main = [send(words.len()), call(141, &[20_000]), exit(0)];
        let mut machine = start(&program(&[], &words, &main));
        let outcome = machine.run(200_000, &mut Seen::default());
        prop_assert!(!machine.report(&outcome).is_empty());
    }
}
