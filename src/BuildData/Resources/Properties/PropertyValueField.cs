using System.Text.Json;
using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Values;

namespace BuildData.Resources.Properties;

/// <summary>Represents a property as the field of a filter, such as <c>property.branch=main</c>.</summary>
/// <param name="name">The name of the property.</param>
internal sealed class PropertyValueField(string name) : Field("property." + name, FieldType.Text, column: null, isNullable: true)
{
    public string PropertyName => name;

    public override int CountSubqueries(Filter filter) => 1;

    /// <summary>Returns whether the property of a resource matches a filter.</summary>
    /// <param name="resource">The properties of the resource.</param>
    /// <param name="filter">The filter.</param>
    public override bool Matches(object resource, Filter filter)
    {
        bool isEqual = ((PropertyMap)resource).TryGetValue(name, out Property? property) && ToJsonTexts(filter).Contains(property.Value.GetRawText());
        return isEqual == IncludesEqual(filter);
    }

    /// <summary>Returns whether a filter selects resources with an equal property; false if it selects all others.</summary>
    /// <exception cref="InvalidQueryException">The filter has another operator.</exception>
    public static bool IncludesEqual(Filter filter) => filter.Operator switch
    {
        FilterOperator.Equal or FilterOperator.In => true,
        FilterOperator.NotEqual or FilterOperator.NotIn => false,
        _ => throw new InvalidQueryException(filter.Parameter, "a property can be compared with eq, ne, in and notin."),
    };

    /// <summary>Returns the JSON texts of all stored values that equal one of a filter's values.</summary>
    /// <exception cref="InvalidQueryException">A value can't be compared with a property.</exception>
    public static IReadOnlyList<string> ToJsonTexts(Filter filter)
    {
        var texts = new List<string>(filter.Values.Count);
        foreach (FilterValue value in filter.Values)
        {
            switch (value.Content)
            {
                case string text when UnicodeText.IndexOfLoneSurrogate(text) < 0:
                    texts.Add($"\"{JsonEncodedText.Encode(text)}\"");

                    // In a query string, 3 can be the text "3" as well as the number 3.
                    if (value.IsUnparsed && IsNumberOrLiteral(text))
                        texts.Add(text);
                    break;
                case long or bool:
                    texts.Add(value.ToString().ToLowerInvariant());
                    break;
                default:
                    throw new InvalidQueryException(filter.Parameter, $"'{ShortText.Of(value.ToString())}' can't be compared with a property. Pass a text, a whole number or a flag.");
            }
        }

        return texts;
    }

    private static bool IsNumberOrLiteral(string text)
    {
        if (text is "true" or "false" or "null")
            return true;
        if (text.Length is 0 or > 64 || !(char.IsAsciiDigit(text[0]) || text[0] == '-'))
            return false;

        try
        {
            return JsonElement.Parse(text).ValueKind == JsonValueKind.Number;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
