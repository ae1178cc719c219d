namespace BuildData;

/// <summary>Properties by name. Names are compared as they stand. Equal when they hold equal properties.</summary>
public sealed class PropertyMap : Dictionary<string, Property>, IEquatable<PropertyMap>
{
    /// <summary>An empty map.</summary>
    public PropertyMap()
        : base(StringComparer.Ordinal)
    {
    }

    /// <inheritdoc/>
    public bool Equals(PropertyMap? other) =>
        other is not null
        && Count == other.Count
        && this.All(property => other.TryGetValue(property.Key, out Property? value) && value.Equals(property.Value));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PropertyMap);

    // The map can change, so only what is likely to stay is taken in.
    /// <inheritdoc/>
    public override int GetHashCode() => Count;

    /// <summary>These properties, and in their place those of another map.</summary>
    internal PropertyMap With(PropertyMap other)
    {
        var all = new PropertyMap();
        foreach ((string name, Property property) in this)
            all.Add(name, property);
        foreach ((string name, Property property) in other)
            all[name] = property;
        return all;
    }

    /// <summary>The properties with these names, or all for <c>*</c>.</summary>
    internal PropertyMap Only(IReadOnlyList<string> names)
    {
        var only = new PropertyMap();
        foreach ((string name, Property property) in this)
        {
            if (names.Contains("*") || names.Contains(name))
                only.Add(name, property);
        }

        return only;
    }
}
