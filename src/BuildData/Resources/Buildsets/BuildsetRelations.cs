using BuildData.Resources.Properties;
using BuildData.Resources.SourceStamps;

namespace BuildData.Resources.Buildsets;

/// <summary>Declares how buildsets are filtered by their properties and their source stamps.</summary>
internal static class BuildsetRelations
{
    public static readonly PropertyRelation Properties = new(
        "buildset_properties", "buildset_id", "buildset.id", static (buildset, related, token) => related.Get(new PropertiesOfBuildset(((Buildset)buildset).BuildsetId), token))
    {
        FindTableToJoin = FindTableToJoin,
        IsOwner = true,
    };

    public static readonly SourceStampRelation SourceStamps = new("buildset.id", static (buildset, _, _) => new((Buildset)buildset))
    {
        FindTableToJoin = FindTableToJoin,
    };

    private static string? FindTableToJoin(Query query) => query is AllBuildsets ? "buildsets AS buildset" : null;
}
