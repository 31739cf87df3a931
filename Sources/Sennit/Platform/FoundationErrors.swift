// In programs that use Foundation. The executor itself needs none: without the package's trait FoundationErrors nothing
// here is built, and a program without Foundation starts without loading it.
#if FoundationErrors
    #if canImport(FoundationEssentials)
        public import FoundationEssentials
    #else
        public import Foundation
    #endif

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #elseif canImport(Darwin)
        import Darwin
    #endif

    /// What Foundation knows errors by.
    enum FoundationErrors {
        /// The domain and the code of an error whose type does not give them to the standard library; nil for others.
        static func identity(of error: any Error) -> (domain: String, code: Int)? {
            // By the very type: any NSError can be cast to a CocoaError.
            if type(of: error) == POSIXError.self, let error = error as? POSIXError {
                return ("NSPOSIXErrorDomain", Int(error.code.rawValue))
            }
            if type(of: error) == CocoaError.self, let error = error as? CocoaError {
                return ("NSCocoaErrorDomain", error.code.rawValue)
            }
            return nil
        }
    }

    extension PoolError: LocalizedError {
        /// The error's own description, which `localizedDescription` shows.
        public var errorDescription: String? { description }
    }

    extension WorkerDied: LocalizedError {
        /// The error's own description, which `localizedDescription` shows.
        public var errorDescription: String? { description }
    }

    extension TaskTimedOut: LocalizedError {
        /// The error's own description, which `localizedDescription` shows.
        public var errorDescription: String? { description }
    }

    extension PoisonedTask: LocalizedError {
        /// The error's own description, which `localizedDescription` shows.
        public var errorDescription: String? { description }
    }

    extension PayloadTooLarge: LocalizedError {
        /// The error's own description, which `localizedDescription` shows.
        public var errorDescription: String? { description }
    }

    extension RemoteError: LocalizedError {
        /// The error's own description, which `localizedDescription` shows.
        public var errorDescription: String? { description }
    }
#else
    enum FoundationErrors {
        static func identity(of error: any Error) -> (domain: String, code: Int)? { nil }
    }
#endif
