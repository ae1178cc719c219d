using System.Globalization;
using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Values;

namespace BuildData.Paths;

/// <summary>
/// Parses a query string, which is the part of a path after <c>?</c>, into a <see cref="ResultSpec"/>.
/// </summary>
/// <remarks>
/// Percent-encoded characters are always data. Only characters that are not percent-encoded can be syntax: a parameter name such as
/// <c>limit</c>, the <c>__</c> before an operator, the <c>-</c> of a descending order, the <c>*</c> for all properties, and the commas between
/// the names of <c>include</c>.
/// </remarks>
internal sealed class QueryStringParser
{
    // The name of the parameter in an error about the whole query string.
    private const string Whole = "?";

    private readonly Dictionary<(string Field, FilterOperator Operator), int> _filterIndexes = [];
    private readonly List<(string Field, FilterOperator Operator, string Parameter, List<FilterValue> Values)> _filters = [];
    private readonly List<Order> _order = [];
    private readonly List<string> _fields = [];
    private readonly List<string> _properties = [];
    private readonly List<string> _includes = [];
    private bool _allProperties;
    private long? _limit;
    private long? _offset;
    private string? _after;

    private QueryStringParser()
    {
    }

    /// <summary>Parses a query string. The text must not contain the <c>?</c> before the query string.</summary>
    /// <exception cref="InvalidQueryException">A parameter is malformed, or the query string is too large.</exception>
    public static ResultSpec Parse(ReadOnlySpan<char> query)
    {
        if (query.IsEmpty)
            return ResultSpec.Empty;
        if (query.Length > QueryLimits.QueryStringLength)
            throw new InvalidQueryException(Whole, $"the query string has more than {QueryLimits.QueryStringLength} characters.");
        if (query.Count('&') >= QueryLimits.QueryStringParameters)
            throw new InvalidQueryException(Whole, $"the query string has more than {QueryLimits.QueryStringParameters} parameters.");

        var parsed = new QueryStringParser();
        foreach (Range range in query.Split('&'))
        {
            if (!query[range].IsEmpty)
                parsed.Add(query[range]);
        }

        return parsed.ToSpec();
    }

    private void Add(ReadOnlySpan<char> parameter)
    {
        int equals = parameter.IndexOf('=');
        ReadOnlySpan<char> rawName = equals < 0 ? parameter : parameter[..equals];
        ReadOnlySpan<char> rawValue = equals < 0 ? [] : parameter[(equals + 1)..];
        if (!PathEncoding.TryDecode(rawName, plusIsSpace: true, out string name) || name.Length == 0)
            throw new InvalidQueryException(rawName.ToString(), "its name is empty or not percent-encoded UTF-8.");

        switch (rawName)
        {
            case "limit":
                _limit = Count(name, rawValue, _limit);
                break;
            case "offset":
                _offset = Count(name, rawValue, _offset);
                break;
            case "after" when _after is not null:
                throw new InvalidQueryException(name, "it can be specified only once.");
            case "after":
                _after = Decode(name, rawValue);
                break;
            case "order":
                QueryLimits.Check(_order.Count + 1, QueryLimits.Order, name, "terms of an order");
                bool descending = rawValue.StartsWith('-');
                _order.Add(new Order(Decode(name, descending ? rawValue[1..] : rawValue), descending));
                break;
            case "field":
                QueryLimits.Check(_fields.Count + 1, QueryLimits.Fields, name, "fields");
                _fields.Add(Decode(name, rawValue));
                break;
            case "include":
                foreach (Range part in rawValue.Split(','))
                {
                    QueryLimits.Check(_includes.Count + 1, QueryLimits.Includes, name, "names of related data");
                    _includes.Add(Decode(name, rawValue[part]));
                }

                break;
            case "property" when rawValue is "*":
                _allProperties = true;
                break;
            case "property":
                QueryLimits.Check(_properties.Count + 1, QueryLimits.Properties, name, "properties");
                _properties.Add(Decode(name, rawValue));
                break;
            default:
                AddFilter(name, rawName, Decode(name, rawValue));
                break;
        }
    }

    private void AddFilter(string name, ReadOnlySpan<char> rawName, string value)
    {
        string field = name;
        FilterOperator op = FilterOperator.Equal;
        int separator = rawName.LastIndexOf("__");
        if (separator >= 0)
        {
            // Decoding the parts can't fail, because the whole name has been decoded without an error.
            _ = PathEncoding.TryDecode(rawName[..separator], plusIsSpace: true, out field);
            _ = PathEncoding.TryDecode(rawName[(separator + 2)..], plusIsSpace: true, out string operatorName);
            op = FilterOperators.Parse(operatorName, name);
        }

        if (!_filterIndexes.TryGetValue((field, op), out int index))
        {
            QueryLimits.Check(_filters.Count + 1, QueryLimits.Filters, name, "filters");
            index = _filters.Count;
            _filterIndexes.Add((field, op), index);
            _filters.Add((field, op, name, []));
        }

        List<FilterValue> values = _filters[index].Values;
        QueryLimits.Check(values.Count + 1, QueryLimits.Values, name, "values of one filter");
        values.Add(FilterValue.Unparsed(value));
    }

    private ResultSpec ToSpec() => new()
    {
        Filters = _filters.ConvertAll(filter => new Filter(filter.Field, filter.Operator, filter.Values) { Parameter = filter.Parameter }),
        Order = _order,
        Fields = _fields,
        Properties = _properties,
        AllProperties = _allProperties,
        Include = _includes,
        Limit = _limit,
        Offset = _offset,
        After = _after,
    };

    private static string Decode(string name, ReadOnlySpan<char> rawValue) =>
        PathEncoding.TryDecode(rawValue, plusIsSpace: true, out string value)
            ? value
            : throw new InvalidQueryException(name, $"its value '{ShortText.Of(rawValue)}' is not percent-encoded UTF-8.");

    private static long Count(string name, ReadOnlySpan<char> rawValue, long? before)
    {
        if (before is not null)
            throw new InvalidQueryException(name, "it can be specified only once.");
        string value = Decode(name, rawValue);
        if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            throw new InvalidQueryException(name, $"'{ShortText.Of(value)}' is not an integer from 0 to 9223372036854775807.");
        return count;
    }
}
