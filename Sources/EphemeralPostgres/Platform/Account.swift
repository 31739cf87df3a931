import CSennit
import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the system fills a local record whose strings lie in a local buffer of the size it was told; they are copied
// before the buffer ends.
/// A user of this machine.
struct Account: Sendable, Hashable {
    var name: String
    var numbers: ProcessAccount
    var home: String

    /// The user that this process acts as.
    static var effectiveUser: UInt32 { geteuid() }

    static var effectiveGroup: UInt32 { getegid() }

    static func named(_ name: String) -> Account? {
        unsafe lookUp { record, buffer, size, result in unsafe getpwnam_r(name, record, buffer, size, result) }
    }

    static func numbered(_ user: UInt32) -> Account? {
        unsafe lookUp { record, buffer, size, result in unsafe getpwuid_r(user, record, buffer, size, result) }
    }

    private static func lookUp(
        _ ask: (
            UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
        ) -> Int32
    ) -> Account? {
        var record = unsafe passwd()
        var result: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        let count = buffer.count
        return unsafe buffer.withUnsafeMutableBufferPointer { buffer -> Account? in
            guard let start = buffer.baseAddress, unsafe ask(&record, start, count, &result) == 0,
                let found = unsafe result?.pointee
            else { return nil }
            return unsafe Account(
                name: String(cString: found.pw_name),
                numbers: ProcessAccount(user: found.pw_uid, group: found.pw_gid), home: String(cString: found.pw_dir))
        }
    }
}

extension FileSystem {
    /// Runs the body, in which the files that this thread makes belong to an account; with nil, as they do anyway.
    ///
    /// Half the work of giving away every file after it was made.
    static func acting<Value>(
        as account: ProcessAccount?, _ body: () throws(SystemError) -> Value
    ) throws(SystemError) -> Value {
        guard let account else { return try body() }
        let code = sennit_act_on_files_as(account.user, account.group)
        guard code == 0 else { throw SystemError(code: code, operation: "setfsuid to \(account.user)") }
        defer { _ = sennit_act_on_files_as(Account.effectiveUser, Account.effectiveGroup) }
        return try body()
    }
}

/// The environment that this process was started with.
enum Environment {
    /// A variable's value; nil if it is not set or empty.
    static func value(_ name: String) -> String? {
        guard let text = unsafe getenv(name) else { return nil }
        let value = unsafe String(cString: text)
        return value.isEmpty ? nil : value
    }
}
