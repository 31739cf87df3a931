extension UnitTable {
    /// Every unit of Azure's price lists: the 383 of Microsoft's mapping, as published, and each of them in blocks of
    /// any size: `2K Transactions` where `10K Transactions` is known.
    ///
    /// A reservation's unit says `1 Hour` although its price is for the whole term: that is the row's matter, not the
    /// unit's.
    public static let azure = UnitTable(azureSpellings) { published in
        guard let block = UnitBlock(published), let name = azureNames[block.rest] else { return nil }
        return NormalisedUnit(name, block: block.count)
    }

    /// The distinct unit of each text that follows a number.
    private static let azureNames: [String: String] = Dictionary(
        azureSpellings.compactMap { published, unit -> (String, String)? in
            guard let block = UnitBlock(published), block.count == unit.block else { return nil }
            return (block.rest, unit.name)
        }
    ) { first, _ in first }

    private static let azureSpellings: [(published: String, unit: NormalisedUnit)] =
        azurePricingUnits.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: "|", omittingEmptySubsequences: false)
            guard fields.count == 3, let block = Int64(fields[1]), block >= 1 else { return nil }
            return (String(fields[0]), NormalisedUnit(String(fields[2]), block: block))
        }
}

/// Unit of measure, block size and distinct unit; see README.md beside this file for origin and licence.
private let azurePricingUnits = """
    1|1|Units
    1 |1|Units
    1 /Day|1|Units/Day
    1 /Hour|1|Units/Hour
    1 /Minute|1|Units/Minute
    1 /Month|1|Units/Month
    1 /Year|1|Units/Year
    1 1 Hour|1|Hours
    1 API Calls|1|Requests
    1 Agents|1|Agents
    1 Annual Domain|1|Domains/Year
    1 Annual Domains|1|Domains/Year
    1 Annual Subscriptions|1|Subscriptions/Year
    1 Border Routers|1|Routers
    1 Certificate|1|Certificates
    1 Concurrent DVC|1|Configurations
    1 Connection|1|Connections
    1 Connections|1|Connections
    1 Content Hours|1|Hours
    1 Count|1|Count
    1 Cubic Meter/Month|1|Cubic Meters/Month
    1 Daily App|1|Apps/Day
    1 Daily Connection|1|Connections/Day
    1 Daily Connections|1|Connections/Day
    1 Daily Pack|1|Packs/Day
    1 Daily Reserved Unit|1|Units/Day
    1 Daily Reserved Units|1|Units/Day
    1 Daily Unit|1|Units/Day
    1 Daily Units|1|Units/Day
    1 Daily User|1|Users/Day
    1 Database Unit|1|Units
    1 Database Units (DU)|1|Units
    1 Day|1|Days
    1 Days|1|Days
    1 Device|1|Devices
    1 Devices|1|Devices
    1 Executions|1|Executions
    1 GB|1|GB
    1 GB Hour|1|GB Hours
    1 GB Second|1|GB Seconds
    1 GB/Day|1|GB/Day
    1 GB/Hour|1|GB/Hour
    1 GB/Month|1|GB/Month
    1 GB/hora|1|GB/Hour
    1 GB/月|1|GB/Month
    1 Gb|1|GB
    1 GiB|1|GiB
    1 GiB Hour|1|GiB Hours
    1 GiB Minute|1|GiB Minutes
    1 GiB Second|1|GiB Seconds
    1 GiB/Day|1|GiB/Day
    1 GiB/Hour|1|GiB/Hour
    1 GiB/Month|1|GiB/Month
    1 Hour|1|Hours
    1 Hourly Connection|1|Connections/Hour
    1 Hourly Unit|1|Units/Hour
    1 Hourly Units|1|Units/Hour
    1 Hours|1|Hours
    1 IOPS/Month|1|IOPS/Month
    1 Key|1|Keys
    1 Key Use|1|Keys
    1 MB|1|MB
    1 MB/Day|1|MB/Day
    1 MB/Month|1|MB/Month
    1 Maps|1|Maps
    1 Messaging Unit|1|Units
    1 Million|1|Million
    1 Minute|1|Minutes
    1 Month|1|Months
    1 Named Users|1|Users
    1 Node|1|Nodes
    1 Nodes|1|Nodes
    1 PB Second|1|PB Seconds
    1 PB/Hour|1|PB/Hour
    1 PiB/Hour|1|PiB/Hour
    1 Pipeline|1|Pipelines
    1 Plan|1|Plans
    1 Plans|1|Plans
    1 Policies|1|Policies
    1 Resource|1|Resources
    1 Rotation|1|Rotation
    1 Second|1|Seconds
    1 Sites|1|Sites
    1 Subscription|1|Subscriptions
    1 Subscriptions|1|Subscriptions
    1 TB|1|TB
    1 TB Hour|1|TB Hours
    1 TB Second|1|TB Seconds
    1 TB/Day|1|TB/Day
    1 TB/Hour|1|TB/Hour
    1 TB/Month|1|TB/Month
    1 TiB|1|TiB
    1 TiB Hour|1|TiB Hours
    1 TiB/Hour|1|TiB/Hour
    1 TiB/Month|1|TiB/Month
    1 Unit|1|Units
    1 Units|1|Units
    1 User|1|Users
    1 Users|1|Users
    1 VM|1|Virtual Machines
    1 Virtual Machine|1|Virtual Machines
    1 Website|1|Websites
    1 Zones|1|Zones
    1 day|1|Days
    1 hora|1|Hours
    1 hour|1|Hours
    1 por mes|1|Months
    1 user|1|Users
    1 小时|1|Hours
    1/10 Days|1|Units/10 Days
    1/3 Months|1|Units/3 Months
    1/6 Months|1|Units/6 Months
    1/Day|1|Units/Day
    1/Hour|1|Units/Hour
    1/Minute|1|Units/Minute
    1/Month|1|Units/Month
    1/Second|1|Units/Second
    1/Year|1|Units/Year
    1/小时|1|Units/Hour
    10|10|Units
    10 |10|Units
    10 /Day|10|Units/Day
    10 /Hour|10|Units/Hour
    10 /Month|10|Units/Month
    10 Activities|10|Activities
    10 DB Hours|10|DB Hours
    10 DBU Hours|10|DBU Hours
    10 Database Unit|10|Units
    10 Database Units (DU)|10|Units
    10 Days|10|Days
    10 Devices|10|Devices
    10 GB|10|GB
    10 GB/Day|10|GB/Day
    10 GB/Month|10|GB/Month
    10 GiB|10|GiB
    10 GiB/Month|10|GiB/Month
    10 Hour|10|Hours
    10 Hourly Units|10|Units/Hour
    10 Hours|10|Hours
    10 Instance Hours|10|Hours
    10 Minutes|10|Minutes
    10 Month|10|Months
    10 Months|10|Months
    10 PB Seconds|10|PB Seconds
    10 PB/Hour|10|PB/Hour
    10 PiB Seconds|10|PiB Seconds
    10 PiB/Hour|10|PiB/Hour
    10 Pipelines|10|Pipelines
    10 Rotations|10|Rotations
    10 Seconds|10|Seconds
    10 Service Endpoints|10|Endpoints
    10 TB|10|TB
    10 TB Hours|10|TB Hours
    10 TB/Day|10|TB/Day
    10 TB/Hour|10|TB/Hour
    10 TB/Month|10|TB/Month
    10 TiB|10|TiB
    10 TiB Hours|10|TiB Hours
    10 TiB/Hour|10|TiB/Hour
    10 TiB/Month|10|TiB/Month
    10 Unit|10|Units
    10 Unit Hours|10|Unit Hours
    10 Units|10|Units
    10 day|10|Days
    100|100|Units
    100 |100|Units
    100 /Day|100|Units/Day
    100 /Hour|100|Units/Hour
    100 /Minute|100|Units/Minute
    100 /Month|100|Units/Month
    100 API Calls|100|Requests
    100 Authentications|100|Authentications
    100 Connections|100|Connections
    100 Core Hours|100|Hours
    100 Core Hrs|100|Hours
    100 Days|100|Days
    100 GB|100|GB
    100 GB Seconds|100|GB Seconds
    100 GB/Day|100|GB/Day
    100 GB/Month|100|GB/Month
    100 GiB|100|GiB
    100 GiB/Hour|100|GiB/Hour
    100 GiB/Month|100|GiB/Month
    100 Hour|100|Hours
    100 Hourly Units|100|Units/Hour
    100 Hours|100|Hours
    100 IOPS/Month|100|IOPS/Month
    100 MB|100|MB
    100 MB/Month|100|MB/Month
    100 Mbps|100|Mbps
    100 Minutes|100|Minutes
    100 Months|100|Months
    100 Seconds|100|Seconds
    100 TB|100|TB
    100 TB/Hour|100|TB/Hour
    100 TB/Month|100|TB/Month
    100 TiB/Hour|100|TiB/Hour
    100 Unit|100|Units
    100 Units|100|Units
    100 Users|100|Users
    100/Hour|100|Units/Hour
    100/Month|100|Units/Month
    1000|1000|Units
    1000 |1000|Units
    1000 /Day|1000|Units/Day
    1000 /Hour|1000|Units/Hour
    1000 /Minute|1000|Units/Minute
    1000 /Month|1000|Units/Month
    1000 /Year|1000|Units/Year
    1000 APIs|1000|APIs
    1000 Activity Runs|1000|Runs
    1000 Checks|1000|Checks
    1000 Executions|1000|Executions
    1000 GB|1000|GB
    1000 GB Hours|1000|GB Hours
    1000 GB/Month|1000|GB/Month
    1000 Hours|1000|Hours
    1000 IOPS/Month|1000|IOPS/Month
    1000 Keys|1000|Keys
    1000 Licenses|1000|Licenses
    1000 MAUS|1000|Users/Month
    1000 MAUs|1000|Users/Month
    1000 MB/Month|1000|MB/Month
    1000 Minutes|1000|Minutes
    1000 Months|1000|Months
    1000 Relay Hours|1000|Hours
    1000 Relay Hrs|1000|Hours
    1000 Renders|1000|Renders
    1000 TB|1000|TB
    1000 Transactions|1000|Transactions
    10000|10000|Units
    10000 |10000|Units
    10000 /Day|10000|Units/Day
    10000 /Hour|10000|Units/Hour
    10000 /Month|10000|Units/Month
    10000 1,000s|10000|Transactions in Thousands
    10000 Actions|10000|Actions
    10000 Authentications|10000|Authentications
    10000 Executions|10000|Executions
    10000 Faces|10000|Faces
    10000 GB|10000|GB
    10000 GB Hours|10000|GB Hours
    10000 GB/Hour|10000|GB/Hour
    10000 GB/Month|10000|GB/Month
    10000 GiB/Hour|10000|GiB/Hour
    10000 Hours|10000|Hours
    10000 Minutes|10000|Minutes
    10000 Operations|10000|Operations
    10000 Predictions|10000|Predictions
    10000 Seconds|10000|Seconds
    10000 Transactions|10000|Transactions
    10000 Users|10000|Users
    10000 Virtual User Minutes|10000|Minutes
    100000|100000|Units
    100000 |100000|Units
    100000 /Day|100000|Units/Day
    100000 /Hour|100000|Units/Hour
    100000 /Month|100000|Units/Month
    100000 Executions|100000|Executions
    100000 GB|100000|GB
    100000 GB Seconds|100000|GB Seconds
    100000 GB/Hour|100000|GB/Hour
    100000 GiB/Hour|100000|GiB/Hour
    100000 Hours|100000|Hours
    100000 Seconds|100000|Seconds
    100000 Transactions|100000|Transactions
    1000000|1000000|Units
    1000000 |1000000|Units
    1000000 /Hour|1000000|Units/Hour
    1000000 /Month|1000000|Units/Month
    1000000 Data Points|1000000|Data Points
    1000000 GB Seconds|1000000|GB Seconds
    1000000 Messages|1000000|Messages
    1000000 Operations|1000000|Operations
    1000000 Pushes|1000000|Pushes
    1000000 Requests|1000000|Requests
    1000000 Seconds|1000000|Seconds
    1000000 Transactions|1000000|Transactions
    10000000|10000000|Units
    10000000 |10000000|Units
    10000000 /Hour|10000000|Units/Hour
    10000000 /Month|10000000|Units/Month
    10000000 GB Seconds|10000000|GB Seconds
    10000000 Operations|10000000|Operations
    10000000 Pushes|10000000|Pushes
    10000000 Queries|10000000|Queries
    10000000 Seconds|10000000|Seconds
    10000000 Transactions|10000000|Transactions
    100000000|100000000|Units
    100000000 |100000000|Units
    100000000 /Day|100000000|Units/Day
    100000000 /Month|100000000|Units/Month
    100000000 Events|100000000|Events
    100000000 Operation Units|100000000|Units
    100000000 Operations|100000000|Operations
    100000000 Pushes|100000000|Pushes
    100000000 Transactions|100000000|Transactions
    1000000000|1000000000|Units
    1000000000 |1000000000|Units
    10000000000|10000000000|Units
    10000000000 |10000000000|Units
    100000000000|100000000000|Units
    100000000000 |100000000000|Units
    10000s|1|Transactions
    100K|100000|Units
    1024 GB|1024|GB
    102400 TiB/Hour|102400|TiB/Hour
    10K|10000|Units
    10K Transactions|10000|Transactions
    10K/Hour|10000|Units/Hour
    10K/Month|10000|Units/Month
    10M|10000000|Units
    128 MB|128|MB
    150 Hours|150|Hours
    1B|1000000000|Units
    1K|1000|Units
    1K/Day|1000|Units/Day
    1K/Hour|1000|Units/Hour
    1K/Month|1000|Units/Month
    1M|1000000|Units
    1M/Month|1000000|Units/Month
    1 GB/mes|1|GB/Month
    2|2|Units
    2 |2|Units
    2 Hosted Zones|2|Zones
    20 GB/Month|20|GB/Month
    200|200|Units
    200 |200|Units
    200 /Hour|200|Units/Hour
    200 GB|200|GB
    200 Hours|200|Hours
    200 minutes|200|Minutes
    2000 Hours|2000|Hours
    200000|200000|Units
    200000 |200000|Units
    200000 Transactions|200000|Transactions
    2000000|2000000|Units
    2000000 |2000000|Units
    25000 |25000|Units
    250000|250000|Units
    250000 |250000|Units
    2500000 |2500000|Units
    25K|25000|Units
    30 /Day|30|Units/Day
    30 Days|30|Days
    31 Connections|31|Connections
    5 Connections|5|Connections
    5 GB|5|GB
    5 TB|5|TB
    50 Hours|50|Hours
    500|500|Units
    500 |500|Units
    500 Hours|500|Hours
    500 Minute|500|Minutes
    500 Minutes|500|Minutes
    50000|50000|Units
    50000 |50000|Units
    50000 GB Seconds|50000|GB Seconds
    500000 Requests|500000|Requests
    5000000|5000000|Units
    5000000 |5000000|Units
    5000000 Requests|5000000|Requests
    5000000000 Requests|5000000000|Requests
    50K|50000|Units
    60|60|Units
    60 |60|Units
    60 Minutes|60|Minutes
    744 Connections|744|Connections
    CallingMinutes|1|Minutes
    Days|1|Days
    GB|1|GB
    Gb / Month|1|GB/Month
    Hours|1|Hours
    MB/month|1|MB/month
    Minute(s)|1|Minutes
    Per Call|1|Calls
    Per Request|1|Requests
    Text|1|Messages
    Unassigned|1|Units
    Unit|1|Units
    Units|1|Units
    per Privacy Subject Rights Request|1|Requests
    print job|1|Requests
    """
