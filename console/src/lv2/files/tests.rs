//! Both kinds of volumes do the same, and stay where they are.

use super::*;

fn path(text: &str) -> Path {
    Path::read(text.as_bytes()).unwrap()
}

const READ: Access = Access {
    read: true,
    write: false,
    create: false,
    exclusive: false,
    truncate: false,
    append: false,
};
const WRITE: Access = Access {
    read: true,
    write: true,
    create: true,
    ..READ
};

/// Does the same with a device in memory and one in a folder.
fn with_each(test: impl Fn(&mut FileSystem, Mount)) {
    let folder = tempfile::tempdir().unwrap();
    for mount in [
        Mount::memory("/dev_hdd0"),
        Mount::folder("/dev_hdd0", folder.path()),
    ] {
        test(&mut FileSystem::default(), mount);
    }
}

fn names(files: &mut FileSystem, text: &str) -> Vec<String> {
    let number = files.open_folder(&path(text)).unwrap();
    let entries = std::iter::from_fn(|| files.read_folder(number).unwrap());
    let names = entries.map(|entry| entry.name).collect();
    files.close_folder(number).unwrap();
    names
}

#[test]
fn files_are_made_written_read_and_removed() {
    with_each(|files, mount| {
        files.mount(&mount).unwrap();
        let file = path("/dev_hdd0/a");
        assert_eq!(files.open(&file, READ), Err(Errno::ENOENT));
        let number = files.open(&file, WRITE).unwrap();
        assert_eq!(number, 3);
        assert_eq!(files.write(number, b"hello"), Ok(5));
        assert_eq!(files.seek(number, 2, Seek::End), Ok(7));
        assert_eq!(files.write(number, b"!"), Ok(1));
        assert_eq!(files.seek(number, -6, Seek::Current), Ok(2));
        let mut bytes = [0; 9];
        assert_eq!(files.read(number, &mut bytes), Ok(6));
        assert_eq!(bytes, *b"llo\0\0!\0\0\0");
        assert_eq!(files.seek(number, -1, Seek::Start), Err(Errno::EINVAL));
        assert_eq!(files.status(number).unwrap().size, 8);
        files.resize(number, 2).unwrap();
        assert_eq!(files.status_of(&file).unwrap().size, 2);
        files.resize_path(&file, 3).unwrap();
        assert_eq!(files.read_all(&file).unwrap(), b"he\0");

        let again = files.open(
            &file,
            Access {
                append: true,
                ..WRITE
            },
        );
        let again = again.unwrap();
        assert_eq!(files.write(again, b"x"), Ok(1));
        files.close(again).unwrap();
        assert_eq!(files.read_all(&file).unwrap(), b"he\0x");
        let access = Access {
            exclusive: true,
            ..WRITE
        };
        assert_eq!(files.open(&file, access), Err(Errno::EEXIST));
        let access = Access {
            truncate: true,
            ..WRITE
        };
        let emptied = files.open(&file, access).unwrap();
        assert_eq!(files.left(emptied), Ok(0));
        assert_eq!(files.close(number), Ok(()));
        assert_eq!(files.close(number), Err(Errno::EBADF));
        files.remove_file(&file).unwrap();
        assert_eq!(files.remove_file(&file), Err(Errno::ENOENT));
    });
}

#[test]
fn what_is_opened_for_one_thing_does_no_other() {
    with_each(|files, mount| {
        files.mount(&mount).unwrap();
        let file = path("/dev_hdd0/a");
        let write = Access {
            read: false,
            ..WRITE
        };
        let number = files.open(&file, write).unwrap();
        assert_eq!(files.read(number, &mut [0]), Err(Errno::EBADF));
        let number = files.open(&file, READ).unwrap();
        assert_eq!(files.write(number, &[0]), Err(Errno::EBADF));
        assert_eq!(files.resize(number, 0), Err(Errno::EBADF));
        assert_eq!(files.read_folder(number), Err(Errno::EBADF));
        assert_eq!(files.close_folder(number), Err(Errno::EBADF));
        let folder = files.open_folder(&path("/dev_hdd0")).unwrap();
        assert_eq!(files.close(folder), Err(Errno::EBADF));
        assert_eq!(files.open(&path("/dev_hdd0/a/"), READ), Err(Errno::ENOTDIR));
        let inside = files.open(&path("/dev_hdd0/a/b"), WRITE);
        assert_eq!(inside, Err(Errno::ENOTDIR));
        assert_eq!(files.open_folder(&file), Err(Errno::ENOTDIR));
    });
}

#[test]
fn folders_are_made_listed_and_removed() {
    with_each(|files, mount| {
        files.mount(&mount).unwrap();
        let folder = path("/dev_hdd0/b");
        files.make_folder(&folder).unwrap();
        assert_eq!(files.make_folder(&folder), Err(Errno::EEXIST));
        let deep = path("/dev_hdd0/x/y");
        assert_eq!(files.make_folder(&deep), Err(Errno::ENOENT));
        files.open(&path("/dev_hdd0/b/2"), WRITE).unwrap();
        files.open(&path("/dev_hdd0/a"), WRITE).unwrap();
        assert_eq!(names(files, "/dev_hdd0"), [".", "..", "a", "b"]);
        assert_eq!(names(files, "/"), [".", "..", "dev_hdd0"]);
        assert_eq!(files.open(&folder, WRITE), Err(Errno::EISDIR));
        assert_eq!(files.remove_file(&folder), Err(Errno::EISDIR));
        assert_eq!(files.remove_folder(&folder), Err(Errno::ENOTEMPTY));
        let file = files.remove_folder(&path("/dev_hdd0/a"));
        assert_eq!(file, Err(Errno::ENOTDIR));
        assert_eq!(files.status_of(&folder).unwrap().kind, Kind::Folder);
        let wrong = files.status_of(&path("/dev_hdd0/a/."));
        assert_eq!(wrong, Err(Errno::ENOTDIR));
        files.remove_file(&path("/dev_hdd0/b/2")).unwrap();
        files.remove_folder(&folder).unwrap();
        assert_eq!(files.status_of(&folder), Err(Errno::ENOENT));
    });
}

#[test]
fn renaming_keeps_to_the_device_and_replaces_nothing() {
    with_each(|files, mount| {
        files.mount(&mount).unwrap();
        files.mount(&Mount::memory("/dev_usb000")).unwrap();
        let [a, b, folder] = ["a", "b", "c"].map(|name| path(&format!("/dev_hdd0/{name}")));
        files.open(&a, WRITE).unwrap();
        files.open(&b, WRITE).unwrap();
        files.make_folder(&folder).unwrap();
        assert_eq!(files.rename(&a, &b), Err(Errno::EEXIST));
        let usb = path("/dev_usb000/a");
        assert_eq!(files.rename(&a, &usb), Err(Errno::EXDEV));
        assert_eq!(files.rename(&a, &folder.join("a")), Ok(()));
        assert_eq!(files.rename(&a, &path("/dev_hdd0/d")), Err(Errno::ENOENT));
        let inner = folder.join("inner");
        assert_eq!(files.rename(&folder, &inner), Err(Errno::EINVAL));
        assert_eq!(files.rename(&folder, &path("/dev_hdd0/d")), Ok(()));
        assert_eq!(names(files, "/dev_hdd0/d"), [".", "..", "a"]);
        assert_eq!(files.rename(&path("/dev_hdd0"), &a), Err(Errno::EBUSY));
    });
}

#[test]
fn a_full_device_takes_what_fits() {
    with_each(|files, mount| {
        files
            .mount(&Mount {
                capacity: 10,
                ..mount
            })
            .unwrap();
        let file = path("/dev_hdd0/a");
        let number = files.open(&file, WRITE).unwrap();
        assert_eq!(files.write(number, b"1234"), Ok(4));
        assert_eq!(files.space(&file), Ok((10, 6)));
        assert_eq!(files.write(number, b"56789abcd"), Ok(6));
        assert_eq!(files.write(number, b"x"), Err(Errno::ENOSPC));
        // What is there can be written again.
        files.seek(number, 0, Seek::Start).unwrap();
        assert_eq!(files.write(number, b"0123456789"), Ok(10));
        assert_eq!(files.resize(number, 11), Err(Errno::ENOSPC));
        files.resize(number, 7).unwrap();
        files.seek(number, 9, Seek::Start).unwrap();
        assert_eq!(files.write(number, b"yz"), Ok(1));
        assert_eq!(files.space(&file), Ok((10, 0)));
        files.remove_file(&file).unwrap();
        assert_eq!(files.space(&file), Ok((10, 10)));
    });
}

#[test]
fn a_device_that_is_read_only_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a"), "text").unwrap();
    std::fs::create_dir(folder.path().join("b")).unwrap();
    let mut files = FileSystem::default();
    files
        .mount(&Mount {
            read_only: true,
            ..Mount::folder("/dev_flash", folder.path())
        })
        .unwrap();
    let [a, b, c] = ["a", "b", "c"].map(|name| path(&format!("/dev_flash/{name}")));
    assert_eq!(files.read_all(&a).unwrap(), b"text");
    assert!(!files.status_of(&a).unwrap().writable);
    assert_eq!(files.open(&a, WRITE), Err(Errno::EPERM));
    assert_eq!(files.open(&c, WRITE), Err(Errno::EPERM));
    let read = Access {
        truncate: true,
        create: true,
        ..READ
    };
    let number = files.open(&a, read).unwrap();
    assert_eq!(files.left(number), Ok(4));
    assert_eq!(files.make_folder(&c), Err(Errno::EROFS));
    assert_eq!(files.remove_file(&a), Err(Errno::EROFS));
    assert_eq!(files.remove_folder(&b), Err(Errno::EROFS));
    assert_eq!(files.rename(&a, &c), Err(Errno::EROFS));
    assert_eq!(files.resize_path(&a, 0), Err(Errno::EROFS));
    assert_eq!(files.set_times(&a, 1, 2), Err(Errno::EROFS));
    assert_eq!(files.space(&a), Ok((0, 0)));
    assert_eq!(std::fs::read(folder.path().join("a")).unwrap(), b"text");
}

#[test]
fn the_innermost_mount_has_a_path() {
    let mut files = FileSystem::default();
    files.mount(&Mount::memory("/dev_hdd0")).unwrap();
    files.mount(&Mount::memory("/dev_hdd0/game/x")).unwrap();
    for wrong in ["/dev_hdd0/", "/", "dev", "/a/../dev_hdd0"] {
        assert!(files.mount(&Mount::memory(wrong)).is_err(), "{wrong}");
    }
    files.make_folder(&path("/dev_hdd0/game")).unwrap();
    assert_eq!(names(&mut files, "/dev_hdd0/game"), [".", "..", "x"]);
    files.open(&path("/dev_hdd0/game/x/f"), WRITE).unwrap();
    assert_eq!(names(&mut files, "/dev_hdd0/game/x"), [".", "..", "f"]);
    let game = path("/dev_hdd0/game");
    assert_eq!(files.remove_folder(&game), Err(Errno::EBUSY));
    assert_eq!(
        files.rename(&game, &path("/dev_hdd0/other")),
        Err(Errno::EBUSY)
    );
    let nowhere = path("/dev_bdvd/a");
    assert_eq!(files.open(&nowhere, READ), Err(Errno::ENOTMOUNTED));
    assert_eq!(files.status_of(&nowhere), Err(Errno::ENOENT));
    let host = Mount::folder("/app_home", "/does/not/exist");
    let error = files.mount(&host).unwrap_err().to_string();
    assert!(error.starts_with("/does/not/exist: "), "{error}");
}

#[test]
fn numbers_run_out() {
    let mut files = FileSystem::default();
    files.mount(&Mount::memory("/dev_hdd0")).unwrap();
    let file = path("/dev_hdd0/a");
    let numbers: Vec<_> = (0..253)
        .map(|_| files.open(&file, WRITE).unwrap())
        .collect();
    assert_eq!(numbers.first().zip(numbers.last()), Some((&3, &255)));
    assert_eq!(files.open(&file, READ), Err(Errno::EMFILE));
    files.close(77).unwrap();
    assert_eq!(files.open(&file, READ), Ok(77));
    assert_eq!(files.open_count(), 253);
}

/// What the host has beside the folder cannot be reached, by dots or by links.
#[cfg(unix)]
#[test]
fn nothing_outside_of_the_folder_is_there() {
    use std::os::unix::fs::symlink;
    let host = tempfile::tempdir().unwrap();
    let folder = host.path().join("disk");
    std::fs::create_dir_all(folder.join("in")).unwrap();
    std::fs::write(host.path().join("secret"), "s").unwrap();
    std::fs::write(folder.join("in/own"), "o").unwrap();
    symlink(host.path(), folder.join("up")).unwrap();
    symlink(host.path().join("secret"), folder.join("file")).unwrap();
    symlink(host.path().join("new"), folder.join("later")).unwrap();
    symlink(folder.join("in/own"), folder.join("good")).unwrap();
    let mut files = FileSystem::default();
    files.mount(&Mount::folder("/dev_hdd0", &folder)).unwrap();
    for text in [
        "/dev_hdd0/../secret",
        "/dev_hdd0/up/secret",
        "/dev_hdd0/file",
        "/dev_hdd0/later",
        "/dev_hdd0/in/../up/new",
    ] {
        let path = path(text);
        assert!(files.open(&path, READ).is_err(), "{text}");
        assert!(files.open(&path, WRITE).is_err(), "{text}");
        assert!(files.make_folder(&path).is_err(), "{text}");
        assert!(files.resize_path(&path, 0).is_err(), "{text}");
    }
    assert!(!host.path().join("new").exists());
    assert_eq!(files.read_all(&path("/dev_hdd0/good")).unwrap(), b"o");
    assert_eq!(names(&mut files, "/dev_hdd0"), [".", "..", "good", "in"]);
    // A link is removed itself.
    files.remove_file(&path("/dev_hdd0/good")).unwrap();
    assert!(folder.join("in/own").exists());
}
