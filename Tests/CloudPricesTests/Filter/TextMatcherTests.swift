import CloudPrices
import Testing

struct TextMatcherTests {
    @Test func `exact texts and patterns`() {
        let matcher = TextMatcher(["eu-west-1", "us-*", "*-gov-*", "a*b*c", "b"])
        for text in ["eu-west-1", "us-east-1", "us-", "us-gov-west-1", "x-gov-y", "abc", "axxbyyc", "b"] {
            #expect(matcher.matches(text), "\(text)")
        }
        for text in ["eu-west-2", "eu-west-11", "us", "ac", "acb", "gov", "", "B", "bb"] {
            #expect(!matcher.matches(text), "\(text)")
        }
        #expect(!matcher.isAll)
    }

    @Test func `all and nothing`() {
        #expect(TextMatcher.all.matches(""))
        #expect(TextMatcher(["*"]).isAll)
        #expect(!TextMatcher([]).matches("a"))
    }
}
