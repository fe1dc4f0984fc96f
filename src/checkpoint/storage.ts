// Where a checkpoint store keeps its files: the browser's private storage, or a folder on disk. No more is asked of it than that
// a file that was written whole is there whole: a crash while writing may leave any part of the file being written.

export interface StoredFile {
  name: string;
  byteLength: number;
  /** When it was written last, milliseconds since 1970. */
  modifiedAt: number;
}

export interface CheckpointStoreStorage {
  list(): Promise<StoredFile[]>;
  /** The bytes [start, end) of a file, fewer where it ends. */
  read(name: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** The file as a Blob, not copied into memory where that can be helped. */
  blob(name: string): Promise<Blob>;
  /** Replaces the file. Throws where there is no space. */
  write(name: string, pieces: Uint8Array<ArrayBuffer>[]): Promise<void>;
  /** A file that is not there, as another tab has removed it, is no error. */
  remove(name: string): Promise<void>;
}
