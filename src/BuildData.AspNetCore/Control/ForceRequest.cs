using Microsoft.AspNetCore.Http;

namespace BuildData.AspNetCore;

/// <summary>Represents what a person has filled in to request a build by hand. See <see cref="BuildDataApiOptions.OnForce"/>.</summary>
public sealed class ForceRequest
{
    internal ForceRequest(HttpContext context, Builder builder, IReadOnlyDictionary<string, string> values)
    {
        Context = context;
        Builder = builder;
        Values = values;
    }

    /// <summary>Gets the request, for example to find its user.</summary>
    public HttpContext Context { get; }

    /// <summary>Gets the builder that must build.</summary>
    public Builder Builder { get; }

    /// <summary>
    /// Gets the values of all declared fields. They are checked: required ones are not empty, numbers are numbers, and choices are among the declared
    /// ones.
    /// </summary>
    public IReadOnlyDictionary<string, string> Values { get; }
}
