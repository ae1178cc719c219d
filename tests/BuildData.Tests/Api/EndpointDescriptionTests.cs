using System.Text.Json;

namespace BuildData.Tests;

/// <summary>The descriptions of the endpoints agree with the endpoints.</summary>
internal sealed class EndpointDescriptionTests
{
    private static readonly string[] Types = ["integer", "number", "boolean", "string", "time", "result", "json"];

    private static IEnumerable<ResourceDescription> Resources => DataApi.Endpoints.Select(endpoint => endpoint.Resource).Distinct();

    [Test]
    public void Endpoints_OfTheLibrary_AreAllDescribed() =>
        DataApi.Endpoints.Select(endpoint => (endpoint.Pattern, $"{(endpoint.IsCollection ? "GetAll" : "Get")}<{endpoint.Resource.Type.Name}>"))
            .Should().BeEquivalentTo(EndpointList.Rows()).And.BeInAscendingOrder(row => row.Pattern, StringComparer.Ordinal);

    [Test]
    public void Resources_OfEndpointsWithTheSameType_AreTheSameObject() =>
        Resources.Should().OnlyHaveUniqueItems(resource => resource.Type).And.OnlyHaveUniqueItems(resource => resource.Name);

    [TestCaseSource(nameof(Resources))]
    public void Fields_OfEachResource_AreThoseOfItsJson(object described)
    {
        var resource = (ResourceDescription)described;
        string json = JsonSerializer.Serialize(Activator.CreateInstance(resource.Type), BuildDataJsonContext.Default.GetTypeInfo(resource.Type)!);
        string[] attributes = [.. JsonElement.Parse(json).EnumerateObject().Select(attribute => attribute.Name)];

        if (resource.Fields.Count > 0)
            resource.Fields.Select(field => field.Name).Should().BeSubsetOf(attributes).And.OnlyHaveUniqueItems();
        resource.Fields.Select(field => field.Type).Should().BeSubsetOf(Types);
        resource.Name.Should().NotBeEmpty();
        resource.PluralName.Should().MatchRegex("^[a-z_]+$");
    }

    [Test]
    public void Fields_OfASteps_TellTypesAndNulls() =>
        DataApi.Endpoints.Single(endpoint => endpoint.Pattern == "/steps/{stepid}").Resource.Fields.Should().Contain([
            new FieldDescription("stepid", "integer", IsNullable: false),
            new FieldDescription("name", "string", IsNullable: false),
            new FieldDescription("complete", "boolean", IsNullable: false),
            new FieldDescription("complete_at", "time", IsNullable: true),
            new FieldDescription("results", "result", IsNullable: true),
        ]);

    [Test]
    public async Task ResourceName_OfAResult_IsThatOfTheDescription()
    {
        using var folder = new TempFolder();
        await using Master master = await Master.Open(folder.ConnectionString);

        (await master.Data.Get("/buildrequests")).ResourceName.Should().Be("buildrequests");
        (await master.Data.Get("/buildrequests/1")).ResourceName.Should().Be("buildrequests");
        (await master.Data.Get("/builds/1/properties")).ResourceName.Should().Be(DataApi.Endpoints.Single(endpoint => endpoint.Pattern == "/builds/{buildid}/properties").Resource.PluralName);
    }
}
