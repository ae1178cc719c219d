namespace BuildData;

/// <summary>Describes an endpoint: a form of paths, and what they return. Immutable and thread-safe.</summary>
public sealed class EndpointDescription
{
    internal EndpointDescription(string pattern, bool isCollection, ResourceDescription resource)
    {
        Pattern = pattern;
        IsCollection = isCollection;
        Resource = resource;
    }

    /// <summary>Gets the form of the paths, in which braces enclose the names of variable segments, such as <c>/builds/{buildid}/steps</c>.</summary>
    public string Pattern { get; }

    /// <summary>Gets whether the paths return collections. If false, they return one resource, or null.</summary>
    public bool IsCollection { get; }

    /// <summary>Gets the type of the resources that the paths return.</summary>
    public ResourceDescription Resource { get; }
}
