//! The package of StoryCell, and those of the examples.

use std::fs::{self, File};
use std::path::Path;

use llama::Bundle;
use package::pkg::{Kind, Package, State};
use package::self_file::SelfFile;
use pkg_build::program::image;
use sfo::Sfo;

use crate::shared::{can_build, folder, pkg_build};

/// The files of a package whose digests are all good.
fn files(path: &Path) -> Vec<(String, Vec<u8>)> {
    let file = File::open(path).expect("a package");
    let mut package = Package::open(file, None).expect("a package that can be read");
    let report = package
        .verify(&mut |_| ())
        .expect("a package that can be read");
    assert!(
        report.digests.iter().all(|it| it.state == State::Good),
        "{report:?}"
    );
    assert!(
        report.items.iter().all(|it| it.state == State::Good),
        "{report:?}"
    );
    let items = package.items().expect("no key is needed").to_vec();
    let files = items.iter().filter(|item| item.kind != Kind::Folder);
    files
        .map(|item| {
            (
                item.name.clone(),
                package.read_item(item).expect("its bytes"),
            )
        })
        .collect()
}

fn named<'a>(files: &'a [(String, Vec<u8>)], name: &str) -> &'a [u8] {
    let file = files.iter().find(|(found, _)| found == name);
    &file.unwrap_or_else(|| panic!("{name} is in the package")).1
}

#[test]
fn the_default_command_makes_a_package_that_is_whole() {
    if !can_build("the package of StoryCell") {
        return;
    }
    let out = tempfile::tempdir().expect("a temporary folder");
    let path = out.path().join("a.pkg");
    let name = path.to_str().expect("a plain name");
    let output = pkg_build(&folder(), &["--output", name]);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).expect("text");
    let bytes = fs::read(&path).expect("the package");
    assert_eq!(said, format!("{name}: {} bytes\n", bytes.len()));

    let files = files(&path);
    let names: Vec<&str> = files.iter().map(|(name, _)| &**name).collect();
    assert_eq!(
        names,
        [
            "ICON0.PNG",
            "PARAM.SFO",
            "PIC1.PNG",
            "SND0.AT3",
            "USRDIR/EBOOT.BIN",
            "USRDIR/SHA1SUMS",
            "USRDIR/models/little-stories.model",
        ]
    );
    let parameters = Sfo::parse(named(&files, "PARAM.SFO")).expect("parameters");
    parameters
        .validate()
        .expect("parameters that the XMB takes");
    let program = SelfFile::parse(named(&files, "USRDIR/EBOOT.BIN")).expect("a SELF");
    assert_eq!(program.check(), Ok(true));
    let mut elf = program.elf().expect("not encrypted").bytes.to_vec();
    image::finish(&mut elf, image::BUDGET).expect("an image that LV2 starts");
    let model = Bundle::parse(named(&files, names[6])).expect("a model");
    model.tokenizer().expect("its tokenizer");
    assert_eq!(model.name(), models::NAME);

    // Nothing is made anew by a second run, under other identifiers either.
    let again = out.path().join("b.pkg");
    let other = "UP0001-OTHR00001_00-0000000000000000";
    let words = [
        "--output",
        again.to_str().expect("a plain name"),
        "--content-id",
        other,
    ];
    let output = pkg_build(&folder(), &words);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(!said.contains("Compiling"), "{said}");
    let file = File::open(&again).expect("a package");
    let package = Package::open(file, None).expect("a package that can be read");
    assert_eq!(package.header().content_id_text(), other);
}

#[test]
fn a_retail_package_of_another_model_is_made_with_a_key() {
    if !can_build("a retail package of StoryCell") {
        return;
    }
    let out = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| {
        out.path()
            .join(name)
            .to_str()
            .expect("a plain name")
            .to_owned()
    };
    let key = "00112233445566778899aabbccddeeff";
    let keys = format!("[npdrm_pkg_ps3_aes_key]\ntype=OTHER\nkey={key}\n");
    let config = llama::Config {
        dim: 32,
        hidden_dim: 64,
        n_layers: 1,
        n_heads: 4,
        n_kv_heads: 4,
        vocab_size: 300,
        seq_len: 16,
    };
    let model = llama::synthetic::checkpoint(&config, true, 1).expect("a model");
    for (name, bytes) in [
        ("keys", keys.as_bytes()),
        ("Tiny One.bin", &model),
        ("tok.bin", &llama::synthetic::tokenizer(300)),
    ] {
        fs::write(path(name), bytes).expect("a file");
    }
    let output = pkg_build(
        &folder(),
        &[
            "--output",
            &path("a.pkg"),
            "--keys",
            &path("keys"),
            "--model",
            &path("Tiny One.bin"),
            "--tokenizer",
            &path("tok.bin"),
        ],
    );
    assert!(output.status.success(), "{output:?}");
    let output = pkg_build(
        &folder(),
        &["inspect", &path("a.pkg"), "--keys", &path("keys")],
    );
    let said = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{said}");
    assert!(said.starts_with("retail package, "), "{said}");
    assert!(
        said.contains("USRDIR/models/tiny-one.model: good\n"),
        "{said}"
    );
}

#[test]
fn the_examples_are_packed() {
    if !can_build("the packages of the examples") {
        return;
    }
    for name in ["hello", "pad_viewer", "rsx_triangle", "spu_round_trip"] {
        let output = pkg_build(&folder(), &["--example", name]);
        assert!(output.status.success(), "{output:?}");
        let files = files(&folder().join(format!("{name}.pkg")));
        let parameters = Sfo::parse(named(&files, "PARAM.SFO")).expect("parameters");
        let title = parameters.get("TITLE").and_then(sfo::Value::as_text);
        assert_eq!(title, Some(name));
        assert!(folder().join(format!("ppu/{name}.self")).is_file());
    }
}

#[test]
fn a_program_that_is_not_there_is_a_failure() {
    if !can_build("an example that is not there") {
        return;
    }
    let output = pkg_build(&folder(), &["--example", "nobody_wrote_this"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).expect("text");
    let last = said.lines().last().expect("a line");
    assert!(
        last.starts_with("pkg-build: nobody_wrote_this of psl1ght-rs: building for the PPU failed"),
        "{said}"
    );
    assert!(!folder().join("nobody_wrote_this.pkg").exists());
}
