import ByteText
public import CloudPrices
public import ObjectStorage

/// The keys of a dump and its manifest: `aws/aws-20261124T120000Z.sql` and the same with `.json` at the end.
public struct DumpName: Sendable, Hashable {
    /// Whose prices the dump holds.
    public let provider: CloudProvider
    /// When it was made, in seconds since 1970.
    public let created: Int64

    /// Names a dump.
    public init(provider: CloudProvider, created: Int64) {
        self.provider = provider
        self.created = created
    }

    /// The dump's key.
    ///
    /// - Throws: `StorageError` for a provider whose name cannot be part of a key.
    public func key() throws -> ObjectKey {
        try ObjectKey("\(provider)/\(provider)-\(SignatureMoment(secondsSince1970: created).timestamp).sql")
    }

    /// The manifest's key.
    public func manifestKey() throws -> ObjectKey { try Self.manifestKey(of: key()) }

    static func manifestKey(of dump: ObjectKey) throws -> ObjectKey { try ObjectKey(dump.text + ".json") }

    /// Whether a key has the form of a dump's; nothing else is ever deleted.
    static func isDump(_ key: ObjectKey) -> Bool { hasStamp(key, before: ".sql") }

    /// Whether a key has the form of a manifest's.
    static func isManifest(_ key: ObjectKey) -> Bool { hasStamp(key, before: ".sql.json") }

    /// The folder of a key: the provider.
    static func folder(of key: ObjectKey) -> Substring { key.text.bytes.parts(at: "/")[0].text }

    private static func hasStamp(_ key: ObjectKey, before ending: String) -> Bool {
        let parts = key.text.bytes.parts(at: "/")
        guard parts.count == 2, let name = parts[1].withoutEnd(ending.bytes),
            let stamp = name.withoutStart("\(parts[0])-".bytes)?.utf8
        else { return false }
        return stamp.count == 16
            && stamp.enumerated().allSatisfy { index, byte in
                switch index {
                case 8: byte == UInt8(ascii: "T")
                case 15: byte == UInt8(ascii: "Z")
                default: (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                }
            }
    }
}
