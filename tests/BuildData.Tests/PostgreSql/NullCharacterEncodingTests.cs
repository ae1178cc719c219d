using BuildData.PostgreSql.Text;
using FsCheck;
using FsCheck.Fluent;

namespace BuildData.Tests;

/// <summary>Text that PostgreSQL refuses is kept as other text, from which it comes back as it was.</summary>
internal sealed class NullCharacterEncodingTests
{
    // Few characters, so that short texts have all the combinations that matter.
    private static readonly Arbitrary<string> Texts =
        Gen.Elements('\0', '\u0001', '\u0002', '\u0003', '\u0004', 'a', 'é').ArrayOf().Select(characters => new string(characters)).ToArbitrary();

    [Test]
    public void Decode_AnyEncodedText_IsTheText() =>
        Prop.ForAll(Texts, text => NullCharacterEncoding.Decode(NullCharacterEncoding.Encode(text)) == text).QuickCheckThrowOnFailure();

    [Test]
    public void Encode_AnyText_HasNoNul() =>
        Prop.ForAll(Texts, text => !NullCharacterEncoding.Encode(text).Contains('\0', StringComparison.Ordinal)).QuickCheckThrowOnFailure();

    [Test]
    public void Encode_TextWithAnother_StillContainsIt() =>
        Prop.ForAll(Texts, Texts, (text, part) => Contains(NullCharacterEncoding.Encode(text + part + text), NullCharacterEncoding.Encode(part)))
            .QuickCheckThrowOnFailure();

    [Test]
    public void Encode_TextWithoutAnother_DoesNotContainIt() =>
        Prop.ForAll(Texts, Texts, (text, part) => Contains(NullCharacterEncoding.Encode(text), NullCharacterEncoding.Encode(part)) == Contains(text, part))
            .QuickCheckThrowOnFailure();

    [Test]
    public void Encode_TwoTexts_CompareAsTheyDid() =>
        Prop.ForAll(Texts, Texts, (one, other) =>
            Math.Sign(string.CompareOrdinal(NullCharacterEncoding.Encode(one), NullCharacterEncoding.Encode(other))) == Math.Sign(string.CompareOrdinal(one, other)))
            .QuickCheckThrowOnFailure();

    [Test]
    public void Encode_PlainText_IsTheSameString()
    {
        const string Plain = "nothing special, not even \u0004 or é";

        NullCharacterEncoding.Encode(Plain).Should().BeSameAs(Plain);
    }

    private static bool Contains(string text, string part) => text.Contains(part, StringComparison.Ordinal);
}
