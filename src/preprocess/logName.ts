/** A data set's name: that of its log's file or folder, without what says its kind where something is left then. */
export function nameOfLog(file: string): string {
  return (
    file.replace(
      /(\.(txt|tsv|csv|dat|jsonl?|parquet|arrows?|feather|tfrecords?|h5|hdf5|mindrecord\d*))?(\.(tar|gz|tgz|zst|bz2|zip))*$/,
      "",
    ) || file
  );
}
