using System.Globalization;

namespace BuildData.Paths;

/// <summary>The part of a path behind <c>?</c>, as a <see cref="ResultSpec"/>.</summary>
internal static class QueryString
{
    /// <exception cref="InvalidQueryException">A parameter is malformed.</exception>
    public static ResultSpec Parse(ReadOnlySpan<char> query)
    {
        if (query.IsEmpty)
            return ResultSpec.Empty;

        var parameters = new List<(string Name, string Value)>();
        foreach (Range range in query.Split('&'))
        {
            ReadOnlySpan<char> parameter = query[range];
            if (parameter.IsEmpty)
                continue;

            int equals = parameter.IndexOf('=');
            ReadOnlySpan<char> name = equals < 0 ? parameter : parameter[..equals];
            ReadOnlySpan<char> value = equals < 0 ? [] : parameter[(equals + 1)..];
            if (!PathText.TryDecode(name, plusIsSpace: true, out string decodedName) || decodedName.Length == 0)
                throw new InvalidQueryException(name.ToString(), "its name is empty or not percent-encoded UTF-8.");
            if (!PathText.TryDecode(value, plusIsSpace: true, out string decodedValue))
                throw new InvalidQueryException(decodedName, $"its value '{value}' is not percent-encoded UTF-8.");
            parameters.Add((decodedName, decodedValue));
        }

        return Build(parameters);
    }

    /// <summary>Makes a spec of decoded parameters.</summary>
    public static ResultSpec Build(IEnumerable<(string Name, string Value)> parameters)
    {
        var filters = new List<(string Field, FilterOperator Operator, string Parameter, List<FilterValue> Values)>();
        var order = new List<Order>();
        var fields = new List<string>();
        var properties = new List<string>();
        long? limit = null;
        long? offset = null;

        foreach ((string name, string value) in parameters)
        {
            switch (name)
            {
                case "limit":
                    limit = Count(name, value, limit);
                    break;
                case "offset":
                    offset = Count(name, value, offset);
                    break;
                case "order":
                    order.Add(value.StartsWith('-') ? new Order(value[1..], descending: true) : new Order(value));
                    break;
                case "field":
                    fields.Add(value);
                    break;
                case "property":
                    properties.Add(value);
                    break;
                default:
                    (string field, FilterOperator op) = FilterOperators.Split(name);
                    int known = filters.FindIndex(filter => filter.Field == field && filter.Operator == op);
                    if (known < 0)
                        filters.Add((field, op, name, [FilterValue.Raw(value)]));
                    else
                        filters[known].Values.Add(FilterValue.Raw(value));
                    break;
            }
        }

        return new ResultSpec
        {
            Filters = filters.ConvertAll(filter => new Filter(filter.Field, filter.Operator, filter.Values) { Parameter = filter.Parameter }),
            Order = order,
            Fields = fields,
            Properties = properties,
            Limit = limit,
            Offset = offset,
        };
    }

    private static long Count(string name, string value, long? before)
    {
        if (before is not null)
            throw new InvalidQueryException(name, "it can be given once.");
        if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            throw new InvalidQueryException(name, $"'{value}' is not a number from 0 up that fits in 63 bits.");
        return count;
    }
}
