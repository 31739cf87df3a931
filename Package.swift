// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "sennit",
    // Mutex, Atomic and task executors need macOS 15; Linux is what we run.
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Sennit", targets: ["Sennit"]),
        .library(name: "SennitTesting", targets: ["SennitTesting"]),
        .library(name: "SennitServiceLifecycle", targets: ["SennitServiceLifecycle"]),
        .library(name: "SennitPipeline", targets: ["SennitPipeline"]),
        .library(name: "SennitWebhooks", targets: ["SennitWebhooks"]),
        .library(name: "SennitCommands", targets: ["SennitCommands"]),
        .library(name: "CloudPrices", targets: ["CloudPrices"]),
        .library(name: "CostEstimate", targets: ["CostEstimate"]),
        .library(name: "DataChecks", targets: ["DataChecks"]),
        .library(name: "EphemeralPostgres", targets: ["EphemeralPostgres", "PostgresClient"]),
        .library(name: "EventStore", targets: ["EventStore"]),
        .library(name: "ObjectStorage", targets: ["ObjectStorage"]),
        .library(name: "PricePipeline", targets: ["PricePipeline"]),
        .library(name: "VariableExpansion", targets: ["VariableExpansion"]),
        .executable(name: "sennit", targets: ["SennitCommand"]),
        .executable(name: "pscraper", targets: ["PScraperCommand"]),
        .executable(name: "sennit-check", targets: ["DataChecksCommand"]),
    ],
    traits: [
        .trait(
            name: "FoundationErrors",
            description: "Errors are LocalizedErrors and keep Foundation's codes; programs load FoundationEssentials."),
        .trait(name: "ServiceLifecycle", description: "SennitServiceLifecycle, and the package that it is for."),
        .trait(name: "Pipelines", description: "Pipelines, events, checks and storage, and the packages they need."),
        .trait(
            name: "Prices", description: "Price lists and estimates, and the packages they need.",
            enabledTraits: ["Pipelines"]),
        .default(enabledTraits: ["FoundationErrors", "Prices", "ServiceLifecycle"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        // Storey 1: the executor.
        .target(name: "CSennit"),
        .target(
            name: "Sennit",
            dependencies: [
                "CSennit",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            exclude: [
                "Driver/README.md", "Engine/README.md", "Link/README.md", "Map/README.md", "Payload/README.md",
                "Platform/README.md", "Pool/README.md", "Transport/README.md", "Wire/README.md", "Worker/README.md",
            ]
        ),
        .target(name: "SennitTesting", dependencies: ["Sennit"]),
        .target(
            name: "SennitServiceLifecycle",
            dependencies: [
                "Sennit",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),

        // What every text that another program reads is compared, cut and quoted with.
        .target(name: "ByteText"),

        // Storey 2: pipelines and parts.
        .target(name: "TerminalOutput"),
        .target(name: "VariableExpansion"),
        .target(name: "ConfigurationReading", dependencies: [.product(name: "Yams", package: "Yams")]),
        .target(
            name: "EventStore",
            dependencies: [
                "ByteText",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            exclude: ["Append/README.md", "Projection/README.md"]
        ),
        .target(
            name: "SennitPipeline",
            dependencies: [
                "ByteText", "ConfigurationReading", "EventStore", "Sennit", "VariableExpansion",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            exclude: ["StartRun/README.md"]
        ),
        .target(
            name: "NetworkFailure",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .target(
            name: "SennitWebhooks",
            dependencies: [
                "NetworkFailure", "SennitPipeline",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        .target(
            name: "ObjectStorage",
            dependencies: [
                "ByteText", "CExpat", "NetworkFailure",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"]), .brew(["expat"])]),
        .target(name: "CLibpq"),
        .target(name: "PostgresClient", dependencies: ["ByteText", "CLibpq"]),
        .target(
            name: "EphemeralPostgres", dependencies: ["ByteText", "CSennit", "PostgresClient", "Sennit"],
            exclude: ["README.md", "Supervision/README.md"]),
        .target(
            name: "DataChecks",
            dependencies: [
                "ByteText", "ConfigurationReading", "PostgresClient", "TerminalOutput", "VariableExpansion",
                .product(name: "Yams", package: "Yams"),
            ],
            exclude: ["README.md"]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "CCloudPrices"),
        .target(
            name: "CloudPrices",
            dependencies: [
                "ByteText", "CCloudPrices", "CZlib", "ConfigurationReading", "NetworkFailure", "PostgresClient",
                "Sennit",
                "VariableExpansion",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Yams", package: "Yams"),
            ],
            exclude: [
                "AWS/README.md", "Azure/README.md", "HTTP/README.md", "JSON/README.md", "README.md", "Units/README.md",
            ],
            // Spans into a tokenizer's window and into a row borrow their owner: the compiler checks that they end
            // first.
            swiftSettings: [.enableExperimentalFeature("Lifetimes")]
        ),
        .target(
            name: "CostEstimate",
            dependencies: [
                "ByteText", "CloudPrices", "ConfigurationReading", "PostgresClient", "VariableExpansion",
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        .target(
            name: "PriceListServer",
            dependencies: [
                "ByteText", "CloudPrices", "CZlib",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .target(
            name: "PricePipeline",
            dependencies: [
                "ByteText", "CloudPrices", "ConfigurationReading", "CostEstimate", "DataChecks", "EphemeralPostgres",
                "ObjectStorage", "PostgresClient", "PriceListServer", "SennitPipeline", "VariableExpansion",
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),

        // Storey 3: the programs. Their logic is in libraries; the executables only start it.
        .target(
            name: "SennitCommands",
            dependencies: [
                "ByteText", "CloudPrices", "ConfigurationReading", "EphemeralPostgres", "EventStore", "PostgresClient",
                "Sennit", "SennitPipeline", "SennitWebhooks", "TerminalOutput", "VariableExpansion",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        .executableTarget(
            name: "SennitCommand", dependencies: ["EphemeralPostgres", "PricePipeline", "SennitCommands"]),
        .target(
            name: "PriceCommands",
            dependencies: [
                "ByteText", "CloudPrices", "CostEstimate", "DataChecks", "DataChecksCommands", "EphemeralPostgres",
                "ObjectStorage",
                "PostgresClient", "PriceListServer", "PricePipeline", "Sennit", "SennitCommands",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .executableTarget(name: "PScraperCommand", dependencies: ["PriceCommands"]),
        .target(
            name: "DataChecksCommands",
            dependencies: [
                "ByteText", "DataChecks", "EphemeralPostgres", "PostgresClient", "TerminalOutput",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .executableTarget(name: "DataChecksCommand", dependencies: ["DataChecksCommands"]),

        // Tests.
        .testTarget(
            name: "SennitTests", dependencies: ["Sennit", "SennitTesting", "CSennit"], exclude: ["Failures/README.md"]),
        .testTarget(name: "SennitTestingTests", dependencies: ["SennitTesting", "Sennit"]),
        .testTarget(
            name: "SennitServiceLifecycleTests",
            dependencies: [
                "SennitServiceLifecycle", "Sennit",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(name: "ByteTextTests", dependencies: ["ByteText", "SennitTesting"]),
        .testTarget(name: "TerminalOutputTests", dependencies: ["TerminalOutput"]),
        .testTarget(name: "ConfigurationReadingTests", dependencies: ["ConfigurationReading"]),
        .testTarget(name: "VariableExpansionTests", dependencies: ["VariableExpansion"], exclude: ["Fixtures"]),
        .testTarget(
            name: "EventStoreTests", dependencies: ["EventStore", .product(name: "GRDB", package: "GRDB.swift")]),
        .testTarget(name: "SennitWebhooksTests", dependencies: ["SennitWebhooks", "Sennit", "SennitPipeline"]),
        .testTarget(name: "SennitPipelineTests", dependencies: ["ByteText", "SennitPipeline", "EventStore", "Sennit"]),
        .testTarget(
            name: "ObjectStorageTests",
            dependencies: [
                "ByteText", "ObjectStorage",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "PostgresClientTests", dependencies: ["ByteText", "PostgresClient", "EphemeralPostgres", "Sennit"]),
        .testTarget(
            name: "EphemeralPostgresTests", dependencies: ["EphemeralPostgres", "CSennit", "PostgresClient", "Sennit"]),
        .testTarget(
            name: "DataChecksTests", dependencies: ["ByteText", "DataChecks", "EphemeralPostgres", "PostgresClient"]),
        .testTarget(
            name: "DataChecksCommandsTests",
            dependencies: [
                "ByteText", "DataChecksCommands", "PostgresClient",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(
            name: "CloudPricesTests",
            dependencies: [
                "CloudPrices", "CCloudPrices", "EphemeralPostgres", "PostgresClient", "PriceListServer",
            ],
            exclude: ["AWS/Fixtures", "Azure/Fixtures", "Field/Fixtures", "Store/Fixtures"],
            swiftSettings: [.enableExperimentalFeature("Lifetimes")]),
        .testTarget(
            name: "CostEstimateTests",
            dependencies: ["CostEstimate", "CloudPrices", "EphemeralPostgres", "PostgresClient"],
            exclude: ["Fixtures"]),
        .testTarget(name: "PriceListServerTests", dependencies: ["PriceListServer", "CloudPrices"]),
        .testTarget(
            name: "PricePipelineTests",
            dependencies: [
                "PricePipeline", "CloudPrices", "CostEstimate", "DataChecks", "EphemeralPostgres", "ObjectStorage",
                "PostgresClient", "PriceListServer", "SennitPipeline",
            ]),
        .testTarget(
            name: "SennitCommandsTests",
            dependencies: [
                "ByteText", "SennitCommands", "EphemeralPostgres", "EventStore", "PostgresClient", "Sennit",
                "SennitPipeline",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .testTarget(
            name: "PriceCommandsTests",
            dependencies: [
                "PriceCommands", "CloudPrices", "EphemeralPostgres", "PostgresClient", "PriceListServer",
                "PricePipeline", "SennitCommands",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(name: "TidyTests"),
    ]
)

// The executor needs two packages. Those that the rest needs are resolved only for whoever enables its trait.
let traits = ["SennitServiceLifecycle": "ServiceLifecycle", "SennitServiceLifecycleTests": "ServiceLifecycle"]
let ofPrices = ["CloudPrices", "CostEstimate", "PScraper", "PriceCommands", "PriceListServer", "PricePipeline"]
for target in package.targets {
    let isOfPrices = ofPrices.contains { target.name.hasPrefix($0) }
    let trait = traits[target.name] ?? (isOfPrices ? "Prices" : "Pipelines")
    target.dependencies = target.dependencies.map { dependency in
        guard case .productItem(let name, let package?, let aliases, nil) = dependency,
            !["swift-log", "swift-metrics"].contains(package)
        else { return dependency }
        return .product(name: name, package: package, moduleAliases: aliases, condition: .when(traits: [trait]))
    }
}

// One set of rules for every Swift target.
for target in package.targets where target.type != .system && !["CSennit", "CCloudPrices"].contains(target.name) {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            // `any` is written where a value is boxed: SE-0335.
            .enableUpcomingFeature("ExistentialAny"),
            // A member is visible only where its module is imported: SE-0444.
            .enableUpcomingFeature("MemberImportVisibility"),
            // An import is an implementation detail unless it says otherwise: SE-0409.
            .enableUpcomingFeature("InternalImportsByDefault"),
            // Async functions stay on their caller's executor unless marked @concurrent: SE-0461.
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            // SE-0470.
            .enableUpcomingFeature("InferIsolatedConformances"),
            // SE-0481.
            .enableUpcomingFeature("ImmutableWeakCaptures"),
            // Every use of unsafe memory is marked and gives its reason: SE-0458.
            .strictMemorySafety(),
            .treatAllWarnings(as: .error),
            .treatWarning("DeprecatedDeclaration", as: .warning),
        ]
}
