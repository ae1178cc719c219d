namespace BuildData;

/// <summary>A property's row, as Dapper maps it.</summary>
internal sealed class PropertyRow
{
    public string PropertyName { get; init; } = "";

    public string PropertyValue { get; init; } = "";

    public string PropertySource { get; init; } = "";

    public static PropertyMap ToMap(List<PropertyRow> rows)
    {
        var map = new PropertyMap();
        foreach (PropertyRow row in rows)
            map.Add(row.PropertyName, Property.FromStore(row.PropertyValue, row.PropertySource));
        return map;
    }
}
