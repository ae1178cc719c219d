using BuildData.Queries;
using BuildData.Resources.Builds;
using BuildData.Stores;

namespace BuildData.Tests;

/// <summary>A position that is not one of the query is refused, even if its checksum is right: its values go to the database.</summary>
internal sealed class PageTokenTests
{
    private const string Query = "a query";

    private static readonly OrderTerm[] Order = [Term("state_string"), Term("complete_at"), Term("buildid")];

    [Test]
    public void Parse_CreatedText_ReturnsThePosition()
    {
        SqlValue[] position = ["a\0\U0001F600", default, 7];

        PageToken.Parse(PageToken.Create(position, Query), Query, Order).Should().Equal(position);
    }

    [Test]
    public void Parse_ForgedPosition_IsRefused()
    {
        ShouldBeRefused("text", 1, "7");
        ShouldBeRefused("text", "1", 7);
        ShouldBeRefused(5, 1, 7);
        ShouldBeRefused("text", 1, default);
        ShouldBeRefused(default, 1, 7);
        ShouldBeRefused("text", 1);
        ShouldBeRefused("text", 1, 7, 8);
        ShouldBeRefused();
    }

    private static void ShouldBeRefused(params SqlValue[] position) =>
        FluentActions.Invoking(() => PageToken.Parse(PageToken.Create(position, Query), Query, Order)).Should().Throw<InvalidQueryException>().Which.Parameter.Should().Be("after");

    private static OrderTerm Term(string field) => new(BuildDefinition.Instance.FindField(field)!, Descending: false);
}
