//! The commands, as a user types them.

#[path = "../../package/tests/common/mod.rs"]
mod common;

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::thread;

use llama::{Config, synthetic};
use package::self_file::SelfFile;
use tempfile::TempDir;

const ID: &str = "UP0001-TEST00001_00-0000111122223333";

/// Runs the program in a folder; the words are split at spaces.
fn run(folder: &Path, words: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pkg-build"))
        .args(words.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap()
}

fn succeeds(folder: &Path, words: &str) -> String {
    let output = run(folder, words);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{words}: {errors}");
    assert_eq!(errors, "", "{words}");
    String::from_utf8(output.stdout).unwrap()
}

/// The one line that it says when it fails.
fn fails(folder: &Path, words: &str) -> String {
    let output = run(folder, words);
    assert_eq!(output.status.code(), Some(1), "{words}");
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!(line.lines().count(), 1, "{line}");
    line.trim_end().to_owned()
}

/// A folder with a program to be packed in `files`.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir_all(path.join("files/USRDIR")).unwrap();
    fs::write(path.join("program.elf"), common::elf(None)).unwrap();
    succeeds(
        path,
        &format!("make-self program.elf files/USRDIR/EBOOT.BIN --content-id {ID}"),
    );
    fs::write(path.join("files/PARAM.SFO"), whole_param_sfo()).unwrap();
    fs::write(path.join("files/USRDIR/data"), [7; 1000]).unwrap();
    folder
}

fn whole_param_sfo() -> Vec<u8> {
    let mut table = sfo::Sfo::parse(&common::param_sfo()).unwrap();
    for (key, room, text) in [("PS3_SYSTEM_VER", 8, "01.8000"), ("VERSION", 8, "01.00")] {
        table.set(key, sfo::Value::text(text, room)).unwrap();
    }
    for (key, number) in [("BOOTABLE", 1), ("RESOLUTION", 63), ("SOUND_FORMAT", 1)] {
        table.set(key, sfo::Value::Integer(number)).unwrap();
    }
    table.to_bytes()
}

#[test]
fn a_package_is_made_inspected_and_extracted() {
    let folder = folder();
    let path = folder.path();
    succeeds(path, &format!("pack files a.pkg --content-id {ID}"));
    succeeds(path, &format!("pack files b.pkg --content-id {ID}"));
    assert_eq!(
        fs::read(path.join("a.pkg")).unwrap(),
        fs::read(path.join("b.pkg")).unwrap()
    );
    let shown = succeeds(path, "inspect a.pkg");
    for line in [
        "debug package, ",
        "content ID UP0001-TEST00001_00-0000111122223333\n",
        "  PARAM.SFO: good\n",
        "  USRDIR/EBOOT.BIN: good\n",
        "digest of the header: good\n",
        "digest of the metadata: good\n",
        "digest of the package: good\n",
        "digest of files and table (QA digest): good\n",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    succeeds(path, "extract a.pkg out");
    assert_eq!(fs::read(path.join("out/USRDIR/data")).unwrap(), [7; 1000]);
    let program = fs::read(path.join("out/USRDIR/EBOOT.BIN")).unwrap();
    let program = SelfFile::parse(&program).unwrap();
    assert_eq!(program.elf().unwrap().bytes, common::elf(None));
    assert!(succeeds(path, "inspect out/USRDIR/EBOOT.BIN").contains("digest of the ELF: good"));
    assert!(succeeds(path, "inspect out/PARAM.SFO").contains("TITLE_ID \"TEST00001\"\n"));
    let mut parameters = fs::read(path.join("out/PARAM.SFO")).unwrap();
    // The title ID is the last value but one, VERSION, which has 8 bytes.
    let title_id = parameters.len() - 8 - 16;
    parameters[title_id] = b'7';
    fs::write(path.join("out/PARAM.SFO"), parameters).unwrap();
    assert!(fails(path, "inspect out/PARAM.SFO").contains("TITLE_ID is the text \"7EST00001\""));
}

#[test]
fn damage_is_named_and_nothing_is_extracted() {
    let folder = folder();
    let path = folder.path();
    succeeds(path, &format!("pack files a.pkg --content-id {ID}"));
    let mut bytes = fs::read(path.join("a.pkg")).unwrap();
    // In the last file, `USRDIR/data`, whose bytes end ahead of 8 of padding and the footer.
    let at = bytes.len() - 0x60 - 0x10;
    bytes[at] ^= 1;
    fs::write(path.join("a.pkg"), bytes).unwrap();
    let expected = "pkg-build: a.pkg: USRDIR/";
    assert!(fails(path, "inspect a.pkg").starts_with(expected));
    assert!(fails(path, "extract a.pkg out").starts_with(expected));
    assert!(!path.join("out").exists());
    succeeds(path, "extract a.pkg out --force");
    assert!(path.join("out/PARAM.SFO").exists());
}

#[test]
fn a_retail_package_is_made_with_the_user_s_key() {
    let folder = folder();
    let path = folder.path();
    let keys = "# made up\n[npdrm_pkg_ps3_aes_key]\ntype=OTHER\n\
        key=00112233445566778899aabbccddeeff\n";
    fs::write(path.join("keys"), keys).unwrap();
    succeeds(
        path,
        &format!("pack files a.pkg --content-id {ID} --keys keys"),
    );
    let shown = succeeds(path, "inspect a.pkg --keys keys");
    assert!(shown.starts_with("retail package, "));
    assert!(shown.contains("  USRDIR/data: good\n"));
    assert!(succeeds(path, "inspect a.pkg").contains("give a key file with --keys"));
    assert!(fails(path, "extract a.pkg out").contains("give a key file with --keys"));
    fs::write(path.join("keys"), "[other]\nkey=00\n").unwrap();
    assert_eq!(
        fails(path, "inspect a.pkg --keys keys"),
        "pkg-build: keys: there is no section [npdrm_pkg_ps3_aes_key] with a line key=, which is \
         needed here"
    );
}

#[test]
fn a_program_is_signed_with_the_user_s_keys() {
    let folder = folder();
    let path = folder.path();
    // secp160r1 of SEC 2 in the form of a curve file: every byte inverted.
    let curve = "ffffffffffffffffffffffffffffffff7fffffff\
                 ffffffffffffffffffffffffffffffff7ffffffc\
                 1c97befc54bd7a8b65acf89f81d4d4adc565fa45\
                 0100000000000000000001f4c8f927aed3ca752257\
                 4a96b5688ef573284664698968c38bb913cbfc82\
                 23a628553168947d59dcc912042351377ac5fb32";
    let curves: Vec<u8> = (0..curve.len() / 2)
        .map(|i| !u8::from_str_radix(&curve[2 * i..][..2], 16).unwrap())
        .collect();
    fs::write(path.join("curves"), curves).unwrap();
    let keys = format!(
        "[mine]\ntype=SELF\nself_type=APP\nrevision=0004\nversion=0003005500000000\n\
         erk={}\nriv={}\npub={}\npriv=00{}\nctype=00\n",
        "11".repeat(32),
        "22".repeat(16),
        "33".repeat(40),
        "44".repeat(20)
    );
    fs::write(path.join("keys"), keys).unwrap();
    succeeds(
        path,
        "make-self program.elf a.self --keys keys --curves curves",
    );
    let shown = succeeds(path, "inspect a.self");
    assert!(
        shown.starts_with("signed SELF, key revision 0x4, "),
        "{shown}"
    );
    assert!(shown.contains("segment 0: 336 bytes at "), "{shown}");

    let package = format!("make-self program.elf b.self --content-id {ID}");
    assert_eq!(
        fails(path, &format!("{package} --keys keys --curves curves")),
        "pkg-build: keys: no section has type=SELF, self_type=NPDRM and a line priv="
    );
    fs::write(path.join("curves"), [0; 121]).unwrap();
    assert_eq!(
        fails(
            path,
            "make-self program.elf b.self --keys keys --curves curves"
        ),
        "pkg-build: curves: the numbers are no curve with a point on it"
    );
    assert!(!path.join("b.self").exists());
    let output = run(path, "make-self program.elf b.self --keys keys");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn what_the_xmb_would_not_start_is_not_packed() {
    let folder = folder();
    let path = folder.path();
    let other = "UP0001-TEST00002_00-0000111122223333";
    assert_eq!(
        fails(path, &format!("pack files a.pkg --content-id {other}")),
        "pkg-build: files: TITLE_ID of PARAM.SFO is TEST00001, expected TEST00002, as in the \
         content ID"
    );
    fs::write(path.join("files/USRDIR/EBOOT.BIN"), "no program").unwrap();
    let failure = fails(path, &format!("pack files a.pkg --content-id {ID}"));
    assert!(failure.contains("USRDIR/EBOOT.BIN is damaged"), "{failure}");
    fs::remove_file(path.join("files/PARAM.SFO")).unwrap();
    let failure = fails(path, &format!("pack files a.pkg --content-id {ID}"));
    assert!(failure.contains("PARAM.SFO is not there"), "{failure}");
    assert!(!path.join("a.pkg").exists());
}

#[test]
fn a_model_is_converted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let config = Config {
        dim: 32,
        hidden_dim: 64,
        n_layers: 1,
        n_heads: 4,
        n_kv_heads: 4,
        vocab_size: 300,
        seq_len: 16,
    };
    let model = synthetic::checkpoint(&config, true, 1).unwrap();
    fs::write(path.join("small.bin"), model).unwrap();
    fs::write(path.join("tok.bin"), synthetic::tokenizer(300)).unwrap();
    let base = "convert-model --model small.bin --tokenizer tok.bin";
    succeeds(path, &format!("{base} a.model"));
    assert!(succeeds(path, "inspect a.model").starts_with("model \"small\", fp32, "));
    succeeds(path, &format!("{base} b.model --format q8 --name Tiny"));
    let shown = succeeds(path, "inspect b.model");
    assert!(
        shown.starts_with("model \"Tiny\", Q8_0 in groups of 32, "),
        "{shown}"
    );
    assert!(shown.ends_with("all checksums: good\n"));

    succeeds(path, &format!("{base} d.model --format q4"));
    assert!(succeeds(path, "inspect d.model").starts_with("model \"small\", Q4 in groups of 32, "));
    fs::remove_file(path.join("d.model")).unwrap();
    assert_eq!(
        fails(path, &format!("{base} c.model --format q4 --group-size 32")),
        "pkg-build: --group-size: goes with --format q8 alone"
    );

    let failure = fails(path, &format!("{base} c.model --format q8 --group-size 5"));
    assert!(failure.starts_with("pkg-build: small.bin: model: checkpoint: group size is 5"));
    fs::write(path.join("tok.bin"), synthetic::tokenizer(299)).unwrap();
    let failure = fails(path, &format!("{base} c.model"));
    assert!(
        failure.starts_with("pkg-build: tok.bin: model: tokenizer: "),
        "{failure}"
    );
    assert!(!path.join("c.model").exists());
    assert_eq!(fs::read_dir(path).unwrap().count(), 4);

    let mut bytes = fs::read(path.join("b.model")).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(path.join("b.model"), bytes).unwrap();
    assert_eq!(
        fails(path, "inspect b.model"),
        "pkg-build: b.model: model: the checksum of TENS does not fit"
    );
}

#[test]
fn a_program_is_sent() {
    let folder = folder();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let loader = thread::spawn(move || {
        let mut all = Vec::new();
        listener.accept().unwrap().0.read_to_end(&mut all).unwrap();
        all
    });
    succeeds(
        folder.path(),
        &format!("send {address} files/USRDIR/EBOOT.BIN one two"),
    );
    let sent = loader.join().unwrap();
    assert!(sent.starts_with(b"HAXX\0\x05"));
    assert!(sent.ends_with(b"EBOOT.BIN\0one\0two\0\0"));
    let failure = fails(folder.path(), &format!("send {address} program.elf"));
    assert_eq!(
        failure,
        "pkg-build: program.elf: is neither a SELF nor a zip archive"
    );
}

#[test]
fn files_that_are_not_there_or_something_else_are_named() {
    let folder = folder();
    let path = folder.path();
    for words in [
        "inspect missing",
        "extract missing out",
        "make-self missing out",
        "send 127.0.0.1:1 missing",
        "convert-model out --model missing --tokenizer missing",
    ] {
        assert!(fails(path, words).starts_with("pkg-build: missing: "));
    }
    assert!(fails(path, "inspect files").starts_with("pkg-build: files: "));
    assert!(fails(path, "inspect program.elf").contains("is neither a package nor"));
    assert!(fails(path, "make-self files/PARAM.SFO out").contains("the magic number of the ELF"));
    assert!(!path.join("out").exists());
}

#[test]
fn what_cannot_be_packed_is_refused_before_anything_is_built() {
    let folder = folder();
    let path = folder.path();
    for (words, expected) in [
        (
            "",
            "the target folder: no Cargo.toml here or above: run this in the folder of the sources",
        ),
        (
            "--title-id ABCD00001 --content-id UP0001-TEST00001_00-0000111122223333",
            "--content-id: the content ID UP0001-TEST00001_00-0000111122223333 is of the title \
             TEST00001, not of ABCD00001",
        ),
        (
            "--model missing",
            "missing: No such file or directory (os error 2)",
        ),
        (
            "--model program.elf",
            "program.elf: is no file of convert-model, and --tokenizer is not given",
        ),
        (
            "--keys missing",
            "missing: No such file or directory (os error 2)",
        ),
        ("--output no/folder/a.pkg", "no/folder: is no folder"),
    ] {
        assert_eq!(
            fails(path, words),
            format!("pkg-build: {expected}"),
            "{words}"
        );
    }
}

#[test]
fn wrong_usage_is_told_apart_from_failure() {
    let folder = tempfile::tempdir().unwrap();
    for words in [
        "nonsense",
        "--title-id short",
        "--content-id UP0001",
        "--tokenizer tok.bin",
        "--curves curves",
        "--example hello --model small.bin",
        "--output a.pkg inspect a.pkg",
        "extract a.pkg",
        "pack files a.pkg --content-id short",
        "convert-model out --model a --tokenizer b --group-size 8",
        "convert-model out --model a --tokenizer b --format q9",
    ] {
        assert_eq!(run(folder.path(), words).status.code(), Some(2), "{words}");
    }
    assert!(run(folder.path(), "--help").status.success());
}
