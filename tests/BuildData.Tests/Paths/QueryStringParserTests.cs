using BuildData.Paths;
using BuildData.Queries;

namespace BuildData.Tests;

internal sealed class QueryStringParserTests
{
    [Test]
    public void Parse_AllKindsOfParameters_MakesTheSpec()
    {
        ResultSpec spec = QueryStringParser.Parse("results__ne=0&results__ne=1&name=a%20b+c&order=-number&order=name&limit=20&offset=5&field=name&property=*&property=rev");

        spec.Should().BeEquivalentTo(new ResultSpec
        {
            Filters =
            [
                new Filter("results", FilterOperator.NotEqual, FilterValue.Unparsed("0"), FilterValue.Unparsed("1")) { Parameter = "results__ne" },
                new Filter("name", FilterOperator.Equal, FilterValue.Unparsed("a b c")) { Parameter = "name" },
            ],
            Order = [new Order("number", descending: true), new Order("name")],
            Limit = 20,
            Offset = 5,
            Fields = ["name"],
            Properties = ["rev"],
            AllProperties = true,
        });
    }

    [TestCase("")]
    [TestCase("&&")]
    public void Parse_Nothing_GivesAnEmptySpec(string query) =>
        QueryStringParser.Parse(query).Should().BeEquivalentTo(ResultSpec.Empty);

    [TestCase("limit=x", "limit")]
    [TestCase("limit=-1", "limit")]
    [TestCase("limit=", "limit")]
    [TestCase("limit=9223372036854775808", "limit")]
    [TestCase("limit=1&limit=1", "limit")]
    [TestCase("offset=1.5", "offset")]
    [TestCase("name__like=x", "name__like")]
    [TestCase("name=%zz", "name")]
    [TestCase("%zz=1", "%zz")]
    [TestCase("=1", "")]
    public void Parse_WrongParameter_FailsAndNamesIt(string query, string parameter)
    {
        Action parse = () => QueryStringParser.Parse(query);

        parse.Should().Throw<InvalidQueryException>().Which.Parameter.Should().Be(parameter);
    }
}
