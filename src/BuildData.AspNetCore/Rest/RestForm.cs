using System.Text.RegularExpressions;
using BuildData.AspNetCore.Description;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace BuildData.AspNetCore.Rest;

/// <summary>
/// Represents a form of paths with a route of its own. Endpoints that differ only in the kind of a segment, such as the number or the name of a step,
/// have the same form.
/// </summary>
internal sealed partial class RestForm
{
    private readonly EndpointDescription _endpoint;

    private RestForm(string pattern, EndpointDescription endpoint)
    {
        Pattern = pattern;
        _endpoint = endpoint;
        Segments = pattern.Split('/').Length;
    }

    /// <summary>Gets all forms.</summary>
    public static IReadOnlyList<RestForm> All { get; } =
    [
        .. DataApi.Endpoints
            .GroupBy(endpoint => Variable().Replace(endpoint.Pattern, "{}"))
            .Select(same => new RestForm(MergeNames([.. same.Select(endpoint => endpoint.Pattern)]), same.First())),
    ];

    /// <summary>Gets the pattern of the route, such as <c>builds/{buildid}/steps/{step_name_or_step_number}</c>.</summary>
    public string Pattern { get; }

    public int Segments { get; }

    /// <summary>Returns the metadata for OpenAPI.</summary>
    public IEnumerable<object> Describe()
    {
        string plural = _endpoint.Resource.PluralName;
        yield return EndpointParameter.Placeholder;
        yield return new Tags(plural);
        yield return new Summary(_endpoint.IsCollection ? $"Returns {plural}." : $"Returns one of the {plural}, in an array.");
        string[] variables = [.. Variable().Matches(Pattern).Select(variable => variable.Value.Trim('{', '}'))];
        foreach (string variable in variables)
            yield return EndpointParameter.InPath(variable);
        yield return EndpointParameter.InQuery("field", typeof(string[]));
        if (_endpoint.Resource.Fields.Any(field => field.Name == "properties"))
            yield return EndpointParameter.InQuery("property", typeof(string[]));
        if (_endpoint.IsCollection)
        {
            yield return EndpointParameter.InQuery("order", typeof(string[]));
            yield return EndpointParameter.InQuery("limit", typeof(long?));
            yield return EndpointParameter.InQuery("offset", typeof(long?));
            yield return EndpointParameter.InQuery("after", typeof(string));
            // OpenAPI refuses two parameters with one name, and the path has selected this one already.
            foreach (FieldDescription field in _endpoint.Resource.Fields.Where(field => field.Type != "json" && !variables.Contains(field.Name)))
                yield return EndpointParameter.InQuery(field.Name, typeof(string[]));
        }

        yield return new ProducesResponseTypeMetadata(StatusCodes.Status200OK, ApiAnswers.TypeOf(_endpoint.Resource), ["application/json"]);
        yield return new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(ErrorAnswer), ["application/json"]);
        yield return new ProducesResponseTypeMetadata(StatusCodes.Status404NotFound, typeof(ErrorAnswer), ["application/json"]);
    }

    /// <summary>Returns the metadata of the streams for OpenAPI.</summary>
    public static IEnumerable<object> DescribeStream() =>
    [
        EndpointParameter.Placeholder,
        new Tags("streams"),
        new Summary("Streams the state of paths, and then its changes, as server-sent events."),
        EndpointParameter.InQuery("path", typeof(string[])),
        new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), ["text/event-stream"]),
        new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(ErrorAnswer), ["application/json"]),
    ];

    private static string MergeNames(string[] patterns)
    {
        string[][] names = [.. patterns.Select(pattern => Variable().Matches(pattern).Select(match => match.Value.Trim('{', '}')).ToArray())];
        int index = 0;
        return Variable().Replace(patterns[0], _ =>
        {
            int i = index++;
            return $"{{{string.Join("_or_", names.Select(name => name[i]).Distinct())}}}";
        })[1..];
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Variable();

    private sealed record Tags(params string[] Names) : ITagsMetadata
    {
        IReadOnlyList<string> ITagsMetadata.Tags => Names;
    }

    private sealed record Summary(string Text) : IEndpointSummaryMetadata
    {
        string IEndpointSummaryMetadata.Summary => Text;
    }
}
