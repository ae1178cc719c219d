using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Resources;

namespace BuildData;

public sealed partial class DataApi
{
    /// <summary>Gets the endpoints in ordinal order of their patterns. A program can describe them to its own clients, for example as OpenAPI.</summary>
    public static IReadOnlyList<EndpointDescription> Endpoints { get; } = DescribeEndpoints();

    private static EndpointDescription[] DescribeEndpoints()
    {
        var resources = new Dictionary<ResourceDefinition, ResourceDescription>();
        return
        [
            .. ResourceTypes.All
                .SelectMany(type => ((IEndpointSource)type).Endpoints, (type, endpoint) => new EndpointDescription(endpoint.ShortPattern, endpoint.IsCollection, Describe(type)))
                .OrderBy(endpoint => endpoint.Pattern, StringComparer.Ordinal),
        ];

        ResourceDescription Describe(ResourceDefinition type)
        {
            if (!resources.TryGetValue(type, out ResourceDescription? description))
                resources.Add(type, description = new ResourceDescription(type.Kind, type.PluralName, type.ResourceType, [.. type.Fields.Select(field => new FieldDescription(field.Name, TypeName(field.Type), field.IsNullable))]));
            return description;
        }
    }

    private static string TypeName(FieldType type) => type switch
    {
        FieldType.Integer => "integer",
        FieldType.Decimal => "number",
        FieldType.Flag => "boolean",
        FieldType.Time => "time",
        FieldType.Result => "result",
        FieldType.Json => "json",
        _ => "string",
    };
}
