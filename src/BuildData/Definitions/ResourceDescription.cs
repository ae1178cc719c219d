namespace BuildData;

/// <summary>Describes a resource type and its fields, as they are in JSON. Immutable and thread-safe.</summary>
public sealed class ResourceDescription
{
    internal ResourceDescription(string name, string pluralName, Type type, IReadOnlyList<FieldDescription> fields)
    {
        Name = name;
        PluralName = pluralName;
        Type = type;
        Fields = fields;
    }

    /// <summary>Gets the name of the type in words, such as <c>build request</c>.</summary>
    public string Name { get; }

    /// <summary>Gets the name of several resources of the type in JSON, such as <c>buildrequests</c>.</summary>
    public string PluralName { get; }

    /// <summary>Gets the C# type, such as <see cref="BuildRequest"/>.</summary>
    public Type Type { get; }

    /// <summary>Gets the fields that filters and <c>field=</c> can name. Empty for properties, which are a map.</summary>
    public IReadOnlyList<FieldDescription> Fields { get; }
}
