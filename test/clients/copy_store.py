"""Copies a folder with pyarrow: from one local path or S3 URI, to another."""

import sys

from pyarrow import fs


def place(uri: str) -> tuple[fs.FileSystem, str]:
    return fs.FileSystem.from_uri(uri) if "://" in uri else (fs.LocalFileSystem(), uri)


(source, source_path), (target, target_path) = map(place, sys.argv[1:])
target.create_dir(target_path)
fs.copy_files(source_path, target_path, source_filesystem=source, destination_filesystem=target)
