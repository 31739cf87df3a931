import CloudPrices
import PricePipeline
import Testing

struct PassingProblemsTests {
    @Test(
        arguments: [
            (.inputFailed, true, true), (.outputFailed, true, true), (.truncated, true, true), (.malformed, true, true),
            (.unknownUnit, false, false), (.invalidSelection, false, false), (.missingKey, false, false),
            (.wrongShape, false, false), (.refused, false, false),
            (.listMoved, false, true), (.duplicateKey, false, false), (.brokenTiers, false, false),
            (.invalidDate, false, false),
        ] as [(PriceProblem.Code, Bool, Bool)])
    func `what may be gone the next time`(code: PriceProblem.Code, ofFiles: Bool, ofPages: Bool) {
        #expect(PassingProblems.mayPass(code, of: .aws) == ofFiles)
        #expect(PassingProblems.mayPass(code, of: .azure) == ofPages)
        #expect(PassingProblems.mayPass(code, of: .googleCloud) == ofPages)
    }

    @Test func `one problem that stays is enough`() {
        var problems = PriceProblems()
        problems.record(PriceProblem(.listMoved, "they moved"))
        #expect(PassingProblems.mayPass(problems, of: .azure))
        problems.record(PriceProblem(.unknownUnit, "a new one"))
        #expect(!PassingProblems.mayPass(problems, of: .azure))
    }
}
