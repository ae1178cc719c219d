using BuildData.Paths;
using BuildData.Resources;
using BuildData.Values;
using FsCheck;
using FsCheck.Fluent;

namespace BuildData.Tests;

/// <summary>The laws of paths, for any names and numbers.</summary>
internal sealed class PathRoundTripTests
{
    private static readonly Arbitrary<string> Names = ArbMap.Default.ArbFor<string>()
        .Filter(text => !string.IsNullOrEmpty(text) && UnicodeText.IndexOfLoneSurrogate(text) < 0 && !text.All(char.IsAsciiDigit));

    private static readonly Arbitrary<long> Ids = ArbMap.Default.ArbFor<long>().Filter(id => id >= 0);

    [Test]
    public void Parse_PathOfABuilder_GivesTheQueryBack() =>
        Prop.ForAll(Names, name => ResourceTypes.PathParser.Parse(new BuilderByRef(name).Path).Equals(new BuilderByRef(name)))
            .QuickCheckThrowOnFailure();

    [Test]
    public void Parse_PathOfAStepOfABuild_GivesTheQueryBack() =>
        Prop.ForAll(Names, Ids, Ids, (builder, build, step) =>
            {
                Query[] queries =
                [
                    new StepsOfBuild(new BuildRef(builder, build)),
                    new StepByNumber(new BuildRef(builder, build), step),
                    new StepByName(new BuildRef(build, step), Identifier.Coerce(builder)),
                    new StepByNumber(build, step),
                    new PropertiesOfBuild(new BuildRef(builder, build)),
                    new BuildRequestsOfBuilder(builder),
                    new BuildByRef(new BuildRef(builder, build)),
                ];
                return queries.All(query => ResourceTypes.PathParser.Parse(query.Path).Equals(query));
            })
            .QuickCheckThrowOnFailure();

    [Test]
    public void TryDecode_EncodedText_GivesTheTextBack() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<string>().Filter(text => text is not null && UnicodeText.IndexOfLoneSurrogate(text) < 0),
                text => PathEncoding.TryDecode(PathEncoding.Encode(text), plusIsSpace: true, out string decoded) && decoded == text)
            .QuickCheckThrowOnFailure();

    [Test]
    public void Coerce_AnyText_MakesAnIdentifier() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>().Filter(text => text is not null), text => Identifier.IsValid(Identifier.Coerce(text)))
            .QuickCheckThrowOnFailure();
}
