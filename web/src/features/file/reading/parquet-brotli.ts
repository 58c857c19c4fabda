export { decompressBrotli } from "hyparquet-compressors";
