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
        .library(name: "EphemeralPostgres", targets: ["EphemeralPostgres", "PostgresClient"]),
        .executable(name: "sennit", targets: ["SennitCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
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

        // Storey 2: what programs are made of.
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .target(name: "PostgresClient", dependencies: ["CLibpq"]),
        .target(
            name: "EphemeralPostgres", dependencies: ["Sennit", "CSennit", "PostgresClient"],
            exclude: ["Supervision/README.md"]),

        // Storey 3: the programs. Their logic is in libraries; the executables only start it.
        .target(
            name: "SennitCommands",
            dependencies: [
                "Sennit", "EphemeralPostgres", "PostgresClient",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .executableTarget(name: "SennitCommand", dependencies: ["SennitCommands"]),

        // Tests.
        .testTarget(
            name: "SennitTests", dependencies: ["Sennit", "SennitTesting", "CSennit"], exclude: ["Failures/README.md"]),
        .testTarget(name: "SennitTestingTests", dependencies: ["SennitTesting"]),
        .testTarget(name: "PostgresClientTests", dependencies: ["PostgresClient", "EphemeralPostgres"]),
        .testTarget(
            name: "EphemeralPostgresTests",
            dependencies: ["EphemeralPostgres", "PostgresClient", "Sennit", "CSennit"]),
        .testTarget(name: "SennitCommandsTests", dependencies: ["SennitCommands"]),
        .testTarget(name: "TidyTests"),
    ]
)

// One set of rules for every Swift target.
for target in package.targets where target.type != .system && target.name != "CSennit" {
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
