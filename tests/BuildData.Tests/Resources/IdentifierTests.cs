namespace BuildData.Tests;

internal sealed class IdentifierTests
{
    [TestCase("compile")]
    [TestCase("_private")]
    [TestCase("-x")]
    [TestCase("a.b-c_9")]
    [TestCase("ünï")]
    [TestCase("\u00a0")]
    [TestCase("🚀")]
    [TestCase("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    public void IsValid_Identifier_IsTrue(string text) => Identifier.IsValid(text).Should().BeTrue();

    [TestCase("")]
    [TestCase("1a")]
    [TestCase(".a")]
    [TestCase("a b")]
    [TestCase("a/b")]
    [TestCase("a\u009f")]
    [TestCase("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    public void IsValid_Other_IsFalse(string text) => Identifier.IsValid(text).Should().BeFalse();

    // A test case's arguments are kept as UTF-8, which has no such text.
    [Test]
    public void IsValid_HalfASurrogatePair_IsFalse() => Identifier.IsValid("a\ud800").Should().BeFalse();

    [Test]
    public void IsValid_FiftyCharactersOutsideTheBasicPlane_CountsCodePoints()
    {
        Identifier.IsValid(string.Concat(Enumerable.Repeat("🚀", 50))).Should().BeTrue();
        Identifier.IsValid(string.Concat(Enumerable.Repeat("🚀", 51))).Should().BeFalse();
    }

    [TestCase("run tests", 50, "run_tests")]
    [TestCase("compile", 50, "compile")]
    [TestCase("2nd", 50, "_2nd")]
    [TestCase(".x", 50, "_.x")]
    [TestCase("", 50, "_")]
    [TestCase("a/b\0c", 50, "a_b_c")]
    [TestCase("abcdef", 3, "abc")]
    [TestCase("2nd", 1, "_")]
    [TestCase("🚀🚀🚀", 2, "🚀🚀")]
    public void Coerce_Text_MakesAnIdentifier(string text, int maxLength, string identifier) =>
        Identifier.Coerce(text, maxLength).Should().Be(identifier);
}
