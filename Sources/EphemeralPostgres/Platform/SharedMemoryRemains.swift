#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the record is a local variable that the call fills.
/// The System V memory segment by which a Postgres server keeps another one away from its directory.
enum SharedMemoryRemains {
    /// Removes a segment that no process has attached any more, as one of a server that was killed.
    static func remove(_ identifier: Int32) {
        var record = shmid_ds()
        guard unsafe shmctl(identifier, IPC_STAT, &record) == 0, record.shm_nattch == 0 else { return }
        _ = shmctl(identifier, IPC_RMID, nil)
    }
}
