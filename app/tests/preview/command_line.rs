//! Exit codes and errors.

use llama::bundle::{BundleError, Contents, write};
use llama::checkpoint::{Checkpoint, Format};
use llama::{Config, synthetic};

use crate::program::{Folder, run, succeed};

/// One line on standard error that holds all of `parts`, nothing on standard output, code 1.
fn fails(folder: &Folder, arguments: &[&str], parts: &[&str]) {
    let before = folder.names();
    let done = run(folder, arguments);
    assert_eq!(done.code, Some(1), "{arguments:?}: {}", done.err);
    assert_eq!(done.err.lines().count(), 1, "{}", done.err);
    for part in parts {
        assert!(done.err.contains(part), "{part:?} is missing: {}", done.err);
    }
    assert_eq!(done.out, "");
    assert_eq!(folder.names(), before, "{arguments:?} left a file");
}

#[test]
fn wrong_usage_is_2() {
    let folder = Folder::new("usage");
    for arguments in [
        &["--nonsense"][..],
        &["nonsense"],
        &["generate", "a", "b"],
        &["generate", "--engine", "ppu"],
        &["generate", "--tokenizer", "m.bin"],
        &["generate", "--format", "q2"],
        &["generate", "--temperature", "hot"],
        &["generate", "--temperature", "-1"],
        &["generate", "--temperature", "NaN"],
        &["generate", "--top-p", "1.5"],
        &["generate", "--steps", "-1"],
        &["generate", "--spus", "7"],
        &["generate", "--spus", "0"],
        &["--headless"],
        &["--script", "a"],
        &["--mode", "720i"],
        &["--aspect", "4:3"],
        &["--temperature", "3"],
        &["--seed", "some"],
        &["--headless", "--script", "a", "generate"],
    ] {
        let done = run(&folder, arguments);
        assert_eq!(done.code, Some(2), "{arguments:?}: {}", done.err);
        assert_eq!(done.out, "");
        assert!(done.err.contains("error: "), "{}", done.err);
    }
    assert!(folder.names().is_empty());
}

#[test]
fn help_is_not_an_error() {
    let folder = Folder::new("help");
    assert!(succeed(&folder, &["--help"]).contains("--headless"));
    assert!(succeed(&folder, &["generate", "--help"]).contains("--engine"));
}

#[test]
fn a_missing_or_broken_file_is_named() {
    let folder = Folder::new("files");
    let config = Config {
        dim: 16,
        hidden_dim: 24,
        n_layers: 1,
        n_heads: 2,
        n_kv_heads: 1,
        vocab_size: 300,
        seq_len: 16,
    };
    let model = synthetic::checkpoint(&config, true, 1).unwrap();
    folder.write("short.bin", &model[..model.len() / 2]);
    folder.write("model.bin", &model);
    folder.write("tok300.bin", synthetic::tokenizer(300));
    folder.write("tok301.bin", synthetic::tokenizer(301));
    let generate = |model, tokenizer, parts: &[&str]| {
        let files = ["generate", "--model", model, "--tokenizer", tokenizer];
        fails(&folder, &files, parts);
    };
    generate("none.bin", "tok300.bin", &["none.bin"]);
    generate("model.bin", "none.bin", &["none.bin"]);
    generate(
        "short.bin",
        "tok300.bin",
        &["short.bin", "ends inside", "expected"],
    );
    generate("tok300.bin", "tok300.bin", &["tok300.bin", "expected"]);
    generate(
        "model.bin",
        "tok301.bin",
        &["tok301.bin", "301", "expected 300"],
    );
    generate("model.bin", "model.bin", &["model.bin", "tokenizer"]);

    let files = ["--model", "model.bin", "--tokenizer", "tok300.bin"];
    for engine in ["reference", "spu"] {
        let line = [&["generate", "--engine", engine, "--seed", "1"], &files[..]].concat();
        let done = run(&folder, &line);
        assert_eq!(done.code, Some(0), "{}", done.err);
        assert!(done.err.contains("16 tokens in"), "{}", done.err);
        let model = Checkpoint::parse(&model).unwrap();
        for (name, format) in [
            ("fp32", Format::Fp32),
            ("q8", Format::Q8),
            ("q4", Format::Q4),
        ] {
            // As it is converted now, and as it is in a file of this format.
            let line = [&line[..], &["--format", name]].concat();
            let converted = run(&folder, &line);
            assert_eq!(converted.code, Some(0), "{}", converted.err);
            let mut bundle = Vec::new();
            let contents = Contents {
                name: "",
                checkpoint: model,
                format,
                tokenizer: &synthetic::tokenizer(300),
            };
            write(&contents, &mut |part| -> Result<(), BundleError> {
                bundle.extend_from_slice(part);
                Ok(())
            })
            .unwrap();
            folder.write("bundle", bundle);
            let line = [
                "generate", "--engine", engine, "--seed", "1", "--model", "bundle",
            ];
            assert_eq!(succeed(&folder, &line), converted.out);
        }
    }
    // A checkpoint has no tokenizer in it.
    let line = ["generate", "--model", "model.bin"];
    fails(&folder, &line, &["model.bin", "--tokenizer"]);
}

#[test]
fn a_missing_or_broken_script_is_named() {
    let folder = Folder::new("scripts");
    fails(
        &folder,
        &["--headless", "--script", "none.txt"],
        &["none.txt"],
    );
    folder.write("jump.txt", "wait 1\njump 3\n");
    fails(
        &folder,
        &[
            "--headless",
            "--script",
            "jump.txt",
            "--transcript",
            "t.txt",
        ],
        &["jump.txt", "line 2", "\"jump\"", "expected"],
    );
    folder.write("shot.txt", "shot here\n");
    fails(
        &folder,
        &["--headless", "--script", "shot.txt"],
        &["shot.txt", "--frames"],
    );
    fails(
        &folder,
        &["--headless", "--script", "shot.txt", "--frames", "shot.txt"],
        &["shot.txt: not a directory"],
    );
    folder.write("wait.txt", "# for ever\npress cross\nuntil idle\n");
    let model = ["--model", "none.bin", "--tokenizer", "none.bin"];
    let line = [&["--headless", "--script", "wait.txt"], &model[..]].concat();
    // A model that cannot be loaded is an error on the screen, and idle.
    assert!(succeed(&folder, &line).contains("none.bin"));
}
