import EventStore
import GRDB
import Testing

/// How many orders each customer has placed.
private struct Customers: Projection {
    let name = "customers"
    var version = 1
    let filter = EventFilter.types(OrderPlaced.self)
    /// What each order counts for.
    var weight = 1

    func createTables(_ tables: ProjectionTables, in db: Database) throws {
        try db.execute(sql: "CREATE TABLE \(tables["customers"]) (name TEXT PRIMARY KEY, orders INTEGER)")
        try db.execute(sql: "CREATE INDEX \(tables["by_orders"]) ON \(tables["customers"]) (orders)")
    }

    func apply(_ events: EventBatch, to tables: ProjectionTables, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO \(tables["customers"]) VALUES (?, ?)
                ON CONFLICT DO UPDATE SET orders = orders + excluded.orders
                """)
        for event in events {
            let order = try event.value(as: OrderPlaced.self)
            guard order.customer != "nobody" else { throw NobodyOrders() }
            try statement.execute(arguments: [order.customer, weight])
        }
    }
}

private struct NobodyOrders: Error {}

private func orders(_ store: EventStore, _ projection: Customers = Customers()) async throws -> [String: Int] {
    try await store.query(projection) { db, tables in
        let rows = try Row.fetchAll(db, sql: "SELECT name, orders FROM \(tables["customers"])")
        return Dictionary(uniqueKeysWithValues: rows.map { ($0["name"], $0["orders"]) })
    }
}

struct ProjectionTests {
    @Test func `each event counts once`() async throws {
        try await withStore { store in
            #expect(try await orders(store) == [:])
            try await store.append(to: "order-1", [OrderPlaced(customer: "Ada"), OrderShipped()])
            #expect(try await orders(store) == ["Ada": 1])
            try await store.append(to: "order-2", [OrderPlaced(customer: "Ada"), OrderPlaced(customer: "Bob")])
            #expect(try await orders(store) == ["Ada": 2, "Bob": 1])
            #expect(try await orders(store) == ["Ada": 2, "Bob": 1])
        }
    }

    @Test func `what it throws undoes the batch and keeps its place`() async throws {
        try await withStore { store in
            try await store.append(to: "order-1", [OrderPlaced(customer: "Ada")])
            try await store.catchUp(Customers())
            try await store.append(to: "order-2", [OrderPlaced(customer: "Ada"), OrderPlaced(customer: "nobody")])
            await #expect(throws: NobodyOrders.self) { try await store.catchUp(Customers()) }
            // The mark of the stream takes the place of its events.
            try await store.delete("order-2")
            #expect(try await orders(store) == ["Ada": 1])
        }
    }

    @Test func `another version is built beside the old one and then replaces it`() async throws {
        try await withStore { store in
            for _ in 0..<3 { try await store.append(to: "order-1", [OrderPlaced(customer: "Ada")]) }
            #expect(try await orders(store) == ["Ada": 3])
            #expect(try await orders(store, Customers(version: 2, weight: 10)) == ["Ada": 30])
            let names = try await store.query(Customers(version: 2, weight: 10)) { db, _ in
                try String.fetchAll(
                    db, sql: "SELECT name FROM sqlite_schema WHERE name GLOB 'projection_*'")
            }
            #expect(names.filter { $0.hasSuffix("customers") }.count == 1)
            // An older program builds its own and leaves the newer one alone.
            #expect(try await orders(store) == ["Ada": 3])
            #expect(try await orders(store, Customers(version: 2, weight: 1000)) == ["Ada": 30])
        }
    }

    @Test func `rebuilding shows the old tables until the new ones are whole`() async throws {
        try await withStore { store in
            let events = (0..<9000).map { _ in OrderPlaced(customer: "Ada") }
            try await store.append(to: "order-1", events)
            #expect(try await orders(store) == ["Ada": 9000])
            var positions: [Int] = []
            var shown: [[String: Int]] = []
            try await store.rebuild(Customers(weight: 2)) { position in positions.append(position) }
            #expect(positions == [8192, 9000])
            #expect(try await orders(store) == ["Ada": 18000])
            try await store.append(to: "order-2", [OrderPlaced(customer: "nobody")])
            await #expect(throws: NobodyOrders.self) { try await store.rebuild(Customers(weight: 3)) }
            try await store.delete("order-2")
            shown.append(try await orders(store))
            #expect(shown == [["Ada": 18000]])
        }
    }

    @Test func `two connections that catch up at the same time count nothing twice`() async throws {
        let temporary = try TemporaryStore()
        let stores = [try temporary.open(), try temporary.open()]
        try await stores[0].append(to: "order-1", (0..<9000).map { _ in OrderPlaced(customer: "Ada") })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for store in stores { group.addTask { try await store.catchUp(Customers()) } }
            for try await _ in group {}
        }
        #expect(try await orders(stores[1]) == ["Ada": 9000])
        for store in stores { try store.close() }
    }
}
