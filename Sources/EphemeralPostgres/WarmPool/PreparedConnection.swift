import PostgresClient

// Sendable by hand: a lock hands it to one taker, who is from then on the only one to use the connection.
/// A connection on its way from the thread that has opened it to whoever uses it.
struct PreparedConnection: @unchecked Sendable {
    let connection: PostgresConnection

    init(_ connection: PostgresConnection) { self.connection = connection }
}
