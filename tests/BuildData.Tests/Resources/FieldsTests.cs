using System.Text.Json;
using BuildData.Definitions;
using BuildData.Resources;

namespace BuildData.Tests;

internal sealed class FieldsTests
{
    [Test]
    public void Fields_OfEveryResource_AreItsAttributesInWireForm()
    {
        ResourceDefinition[] tables = [.. Catalog.All.Where(resource => resource.Fields.Count > 0)];

        foreach (ResourceDefinition resource in tables)
        {
            Type type = resource.ResourceType;
            string json = JsonSerializer.Serialize(Activator.CreateInstance(type), BuildDataJsonContext.Default.GetTypeInfo(type)!);
            string[] attributes = [.. JsonElement.Parse(json).EnumerateObject().Select(attribute => attribute.Name)];
            resource.Fields.Select(field => field.Name).Should().BeEquivalentTo(attributes, $"they are a {resource.Kind}'s");
        }
    }
}
