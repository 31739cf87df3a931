import Sennit

/// How `initdb` is run by a user without a name, as in a container that was told to run as any number.
///
/// `initdb`, and the server in the mode in which `initdb` uses it, end at once where the system has no name for their
/// user. The server that runs later does not ask.
enum NamelessUser {
    /// The names come from two files, through a library that is made for this.
    case wrapper(library: String)
    /// The program sees itself as a user that has a name, in a namespace of its own.
    case namespace(program: String, account: ProcessAccount)

    /// What this process needs; nil if its user, or the account that the programs run as, has a name, or if nothing
    /// helps.
    static func find(_ account: ProcessAccount?) -> NamelessUser? {
        guard !hasName(account) else { return nil }
        let folders = FileSystem.names(in: "/usr/lib").sorted().map { "/usr/lib/\($0)" } + ["/usr/lib64", "/usr/lib"]
        let library = folders.lazy.map { "\($0)/libnss_wrapper.so" }.first { FileSystem.status(resolving: $0) != nil }
        if let library { return .wrapper(library: library) }
        let program = ["/usr/bin/unshare", "/bin/unshare"].first(where: FileSystem.isExecutable)
        guard let program, let named = ServerAccount.find() else { return nil }
        return .namespace(program: program, account: named)
    }

    /// Whether programs that run as an account can find out their user's name.
    static func hasName(_ account: ProcessAccount?) -> Bool {
        Account.numbered(account?.user ?? Account.effectiveUser) != nil
    }

    /// Has a program run in this way; `folder` takes the files that are needed for it.
    func apply(to tool: inout Tool, folder: String) throws(SystemError) {
        switch self {
        case .wrapper(let library):
            let (user, group) = (Account.effectiveUser, Account.effectiveGroup)
            let files = [
                "NSS_WRAPPER_PASSWD": ("passwd", "sennit:x:\(user):\(group)::/:/bin/false\n"),
                "NSS_WRAPPER_GROUP": ("group", "sennit:x:\(group):\n"),
            ]
            for (variable, (name, text)) in files {
                let path = "\(folder)/\(name)"
                FileSystem.removeFile(path)
                try FileSystem.create(path, Array(text.utf8))
                tool.environment.updateValue(path, forKey: variable)
            }
            tool.environment.updateValue(library, forKey: "LD_PRELOAD")
        case .namespace(let program, let account):
            tool.run(through: program, ["--user", "--map-user=\(account.user)", "--map-group=\(account.group)"])
        }
    }

    /// What to do where `initdb` could not be run.
    static let advice = """
        this process's user \(Account.effectiveUser) has no name, which initdb asks for: add it to /etc/passwd, \
        install the package libnss-wrapper, or let the system allow user namespaces
        """
}
