// Swift has the type everywhere but on Intel Macs.
#if !arch(x86_64) || os(Linux)
    extension Float16: PlainData {}
#endif
