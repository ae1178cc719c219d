namespace BuildData.Resources.Properties;

/// <summary>Represents the owner of properties. An owner without properties has a row too.</summary>
internal sealed class PropertyOwnerRow
{
    public long OwnerId { get; init; }
}
