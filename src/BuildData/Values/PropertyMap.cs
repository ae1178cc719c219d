using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// Maps names to properties. The comparison of names is ordinal. Two maps are equal if they have the same names with equal properties.
/// </summary>
/// <remarks>
/// A new map can be changed: <c>new() { ["owner"] = ("ann", "Scheduler") }</c>. A map in a query result or an event is read-only,
/// because other code may use the same object. To get a map that can be changed, copy the read-only map: <c>new PropertyMap(map)</c>.
/// A read-only map is thread-safe.
/// </remarks>
[JsonConverter(typeof(PropertyMapConverter))]
#pragma warning disable CA1710 // The rule requires the suffix "Dictionary". The usual word for this type is "property map".
public sealed class PropertyMap : IReadOnlyDictionary<string, Property>, IEquatable<PropertyMap>
#pragma warning restore CA1710
{
    internal static readonly PropertyMap Empty = new PropertyMap().Freeze();

    private readonly Dictionary<string, Property> _properties = new(StringComparer.Ordinal);

    /// <summary>Creates an empty map, which can be changed.</summary>
    public PropertyMap()
    {
    }

    /// <summary>Creates a map with the same properties, which can be changed.</summary>
    /// <param name="properties">The properties to copy.</param>
    /// <exception cref="ArgumentException">A name occurs twice, or a name or a property is null.</exception>
    public PropertyMap(IEnumerable<KeyValuePair<string, Property>> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        foreach ((string name, Property property) in properties)
            Add(name, property);
    }

    /// <summary>Gets whether the map can't be changed. Maps in query results and events are read-only.</summary>
    public bool IsReadOnly { get; private set; }

    /// <inheritdoc/>
    public int Count => _properties.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _properties.Keys;

    /// <inheritdoc/>
    public IEnumerable<Property> Values => _properties.Values;

    /// <summary>Gets or sets the property with a name.</summary>
    /// <param name="key">The property's name.</param>
    /// <exception cref="KeyNotFoundException">The getter was called, and the map has no property with that name.</exception>
    /// <exception cref="NotSupportedException">The setter was called, and the map is read-only.</exception>
    public Property this[string key]
    {
        get => _properties[key];
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            ThrowIfReadOnly();
            _properties[key] = value;
        }
    }

    /// <summary>Returns the value of a property as text. Returns null if the value is the JSON null, or if there is no such property.</summary>
    /// <param name="name">The property's name.</param>
    /// <exception cref="InvalidOperationException">The value is not text.</exception>
    public string? GetString(string name) => Find(name, JsonValueKind.String) is { } value ? value.GetString() : null;

    /// <summary>Returns the value of a property as a whole number. Returns null if the value is the JSON null, or if there is no such property.</summary>
    /// <param name="name">The property's name.</param>
    /// <exception cref="InvalidOperationException">The value is not a whole number of 64 bits.</exception>
    public long? GetInt64(string name) => Find(name, JsonValueKind.Number) is not { } value ? null
        : value.TryGetInt64(out long number) ? number
        : throw new InvalidOperationException($"The property '{name}' is {value.GetRawText()}, which is not a whole number of 64 bits.");

    /// <summary>Returns the value of a property as a number. Returns null if the value is the JSON null, or if there is no such property.</summary>
    /// <param name="name">The property's name.</param>
    /// <exception cref="InvalidOperationException">The value is not a number.</exception>
    public double? GetDouble(string name) => Find(name, JsonValueKind.Number)?.GetDouble();

    /// <summary>Returns the value of a property as a flag. Returns null if the value is the JSON null, or if there is no such property.</summary>
    /// <param name="name">The property's name.</param>
    /// <exception cref="InvalidOperationException">The value is not a flag.</exception>
    public bool? GetBoolean(string name) => Find(name, JsonValueKind.True, JsonValueKind.False)?.GetBoolean();

    /// <summary>Returns the value of a property as an object. Returns the default value if the value is the JSON null, or if there is no such property.</summary>
    /// <param name="name">The property's name.</param>
    /// <param name="type">Describes the type of the object, as the source generator of System.Text.Json creates it.</param>
    /// <exception cref="JsonException">The value can't be converted to the type.</exception>
    public T? GetValue<T>(string name, JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return TryGetValue(name, out Property? property) ? property.Value.Deserialize(type) : default;
    }

    /// <summary>Adds a property.</summary>
    /// <param name="name">The property's name.</param>
    /// <param name="property">The property's value and source.</param>
    /// <exception cref="ArgumentException">The map already has a property with that name, or the name or the property is null.</exception>
    /// <exception cref="NotSupportedException">The map is read-only.</exception>
    public void Add(string name, Property property)
    {
        ArgumentNullException.ThrowIfNull(property);
        ThrowIfReadOnly();
        _properties.Add(name, property);
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _properties.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Property value) => _properties.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Property>> GetEnumerator() => _properties.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(PropertyMap? other) =>
        other is not null
        && Count == other.Count
        && _properties.All(property => other.TryGetValue(property.Key, out Property? value) && value.Equals(property.Value));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PropertyMap);

    // A new map can still change, so the hash includes only the number of properties, which seldom changes after the first use of the hash.
    /// <inheritdoc/>
    public override int GetHashCode() => Count;

    /// <summary>Makes the map read-only and returns it.</summary>
    internal PropertyMap Freeze()
    {
        IsReadOnly = true;
        return this;
    }

    /// <summary>
    /// Returns a read-only map with the properties of both maps. If a name is in both maps, the property of <paramref name="other"/> is used.
    /// </summary>
    internal PropertyMap With(PropertyMap other)
    {
        var all = new PropertyMap(_properties);
        foreach ((string name, Property property) in other)
            all[name] = property;
        return all.Freeze();
    }

    /// <summary>Returns a read-only map with the selected properties of this map.</summary>
    internal PropertyMap Only(PropertySelection selected)
    {
        var only = new PropertyMap();
        foreach ((string name, Property property) in _properties)
        {
            if (selected.Includes(name))
                only.Add(name, property);
        }

        return only.Freeze();
    }

    /// <summary>Returns the value of a property. Returns null if the value is the JSON null, or if there is no such property.</summary>
    private JsonElement? Find(string name, params ReadOnlySpan<JsonValueKind> kinds)
    {
        if (!TryGetValue(name, out Property? property) || property.Value.ValueKind == JsonValueKind.Null)
            return null;
        if (!kinds.Contains(property.Value.ValueKind))
            throw new InvalidOperationException($"The property '{name}' has a JSON value of the kind {property.Value.ValueKind}, not {kinds[0]}.");
        return property.Value;
    }

    private void ThrowIfReadOnly()
    {
        if (IsReadOnly)
        {
            throw new NotSupportedException(
                "The property map was read or announced, so it can't be changed. Copy it to change it: new PropertyMap(map).");
        }
    }
}
