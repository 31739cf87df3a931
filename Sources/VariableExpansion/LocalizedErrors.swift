#if FoundationErrors
    #if canImport(FoundationEssentials)
        public import FoundationEssentials
    #else
        public import Foundation
    #endif

    extension VariableExpansionError: LocalizedError {
        /// The error's own description, which `localizedDescription` shows.
        public var errorDescription: String? { description }
    }
#endif
