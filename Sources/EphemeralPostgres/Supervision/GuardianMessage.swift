/// What an owner and the guardian of its server say to each other.
enum GuardianMessage: UInt16 {
    // From the owner.
    /// End the server, remove its directory and leave.
    case stop = 1
    /// End the server and leave, but let its directory be.
    case stopAndKeep = 2
    // From the guardian.
    /// The server has ended; how.
    case ended = 20
}
