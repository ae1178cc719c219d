namespace BuildData.Resources.Properties;

/// <summary>What has the properties: there is a row of it even where it has none.</summary>
internal sealed class PropertyOwnerRow
{
    public long OwnerId { get; init; }
}
