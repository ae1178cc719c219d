namespace BuildData.Resources.Properties;

/// <summary>Represents the row of a property, as Dapper maps it.</summary>
internal sealed class PropertyRow
{
    public string PropertyName { get; init; } = "";

    public string PropertyValue { get; init; } = "";

    public string PropertySource { get; init; } = "";

    /// <summary>Converts rows to a read-only map of properties.</summary>
    public static PropertyMap ToMap(List<PropertyRow> rows)
    {
        if (rows.Count == 0)
            return PropertyMap.Empty;

        var map = new PropertyMap();
        foreach (PropertyRow row in rows)
            map.Add(row.PropertyName, Property.FromStore(row.PropertyValue, row.PropertySource));
        return map.Freeze();
    }
}
