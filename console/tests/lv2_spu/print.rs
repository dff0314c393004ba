//! Functions of the program that print what SPUs want printed.

use console::lv2::{Errno, Outcome};

use crate::lv2_support::Arg::Is;
use crate::lv2_support::*;
use crate::scene::*;

const IMPORTS: [u32; 6] = [
    0x45fe_2fce,
    0xdd0c_1e09,
    0x5fdf_b2fe,
    0x1ae1_0b92,
    0xb3bb_cf2a,
    0xdd3b_27ac,
];

#[test]
fn groups_and_threads_are_told_to_the_program_s_functions() {
    let mut scene = Scene::default();
    let store = |address: u32, value: u32| {
        let mut code = [set(9, address), set(10, value)].concat();
        code.push(store_word(10, 9, 0));
        code
    };
    // Two functions behind a branch: the one adds 1 to what it gets, the other 2.
    let function = |more: i16| [add(3, 3, more), BLR];
    let [first, second] = [function(1), function(2)];
    scene
        .code(&[0x4800_0000 + 4 * 5])
        .code(&first)
        .code(&second)
        .code(&store(SHARED, CODE + 4))
        .code(&store(SHARED + 8, CODE + 12))
        .import(1, &[Is(5)])
        .import(0, &[Is(SHARED), Is(SHARED + 8), Is(SHARED), Is(0)])
        .import(1, &[Is(5)])
        .import(2, &[Is(5)])
        .import(3, &[Is(8)])
        .import(4, &[Is(8)])
        .import(5, &[])
        .import(1, &[Is(5)]);
    let played = scene.play_with(&IMPORTS);
    assert_eq!(played.outcome, Outcome::Exited(0), "{}", played.report());
    let results: Vec<u32> = (0..8).map(|call| played.result(call)).collect();
    let none = Errno::ESTAT.0;
    assert_eq!(results, [none, 0, 6, 7, 9, none, 0, none]);
}
