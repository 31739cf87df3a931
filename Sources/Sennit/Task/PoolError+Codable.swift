extension PoolError: Codable {
    private enum CodingKeys: String, CodingKey { case code, message, cause }

    /// Reads an error; see ``PoolError`` for what becomes of its cause.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try values.decode(Code.self, forKey: .code), try values.decode(String.self, forKey: .message),
            cause: try values.decodeIfPresent(ErrorCause.self, forKey: .cause)?.error)
    }

    /// Writes the code, the message and the cause.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(code, forKey: .code)
        try values.encode(message, forKey: .message)
        try values.encodeIfPresent(cause.map(ErrorCause.init), forKey: .cause)
    }
}

/// An error behind another one, in a form that can be encoded.
///
/// Between processes of this program it is an envelope, which brings back any `Codable` error. Other encoders, such as
/// one of JSON, keep the errors of this module as themselves and a description of all others: a decoder that made
/// values of whichever type the text names could be used against the program by whoever writes the text.
private struct ErrorCause: Codable {
    let error: any Error

    init(_ error: any Error) { self.error = error }

    private enum CodingKeys: String, CodingKey { case type, value }

    private static let ownTypes: [(name: String, type: any (Codable & Error).Type)] = [
        ("PoolError", PoolError.self), ("WorkerDied", WorkerDied.self), ("TaskTimedOut", TaskTimedOut.self),
        ("PoisonedTask", PoisonedTask.self), ("PayloadTooLarge", PayloadTooLarge.self),
        ("RemoteError", RemoteError.self),
    ]

    init(from decoder: any Decoder) throws {
        if decoder is WireDecoder {
            error = try Self.opened(try decoder.singleValueContainer().decode([UInt8].self))
            return
        }
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let name = try values.decode(String.self, forKey: .type)
        guard let type = Self.ownTypes.first(where: { $0.name == name })?.type else {
            throw DecodingError.dataCorruptedError(
                forKey: .type, in: values, debugDescription: "there is no error named \(name.debugDescription)")
        }
        error = try type.init(from: values.superDecoder(forKey: .value))
    }

    func encode(to encoder: any Encoder) throws {
        if encoder is WireEncoder {
            var writer = ByteWriter()
            ErrorEnvelope.encode(error: error, throwSite: [], into: &writer)
            var value = encoder.singleValueContainer()
            try value.encode(writer.bytes)
            return
        }
        let own = Self.ownTypes.first { $0.type == type(of: error) }
        let described = own == nil ? RemoteError(describing: error) : error as? any Codable & Error
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(own?.name ?? "RemoteError", forKey: .type)
        try described?.encode(to: values.superEncoder(forKey: .value))
    }

    // Safety: the reader does not outlive the bytes.
    private static func opened(_ envelope: [UInt8]) throws -> any Error {
        try unsafe envelope.withUnsafeBytes { bytes in
            var reader = unsafe ByteReader(bytes)
            return try ErrorEnvelope.decode(from: &reader)
        }
    }
}
