using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;

namespace BuildData.Resources.Properties;

/// <summary>Defines the resource type of property maps.</summary>
internal sealed class PropertyDefinition : ResourceDefinition, IEndpointSource
{
    public static PropertyDefinition Instance { get; } = new();

    public override string Kind => "property map";

    public override string PluralName => "properties";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.PropertyMap;

    public override Type ResourceType => typeof(PropertyMap);

    public override IReadOnlyList<Field> Fields => [];

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.One<PropertyMap>("/buildsets/{bsid:number}/properties", static (in path) => new PropertiesOfBuildset(path.Number(0))),
        Endpoint.One<PropertyMap>("/buildrequests/{buildrequestid:number}/properties", static (in path) => new PropertiesOfBuildRequest(path.Number(0))),
        Endpoint.One<PropertyMap>("/builds/{buildid:number}/properties", static (in path) => new PropertiesOfBuild(path.Number(0))),
        Endpoint.One<PropertyMap>(
            "/builders/{builderid_or_buildername:number_or_name}/builds/{build_number:number}/properties",
            static (in path) => new PropertiesOfBuild(new BuildRef(BuilderRef.From(path, 0), path.Number(1)))),
    ];

    public override IReadOnlyList<string> EventPatterns { get; } = ["/builds/*/properties"];

    public override IReadOnlyList<string> PublicEventNames { get; } = ["update"];

    public override EventPath[] EventPaths(object resource, long id) => [new("builds", id, "properties")];
}
