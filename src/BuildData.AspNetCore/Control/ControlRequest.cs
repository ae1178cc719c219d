using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace BuildData.AspNetCore;

/// <summary>Represents the call of a method that the host program has declared with <see cref="BuildDataApiOptions.OnControl"/>.</summary>
public sealed class ControlRequest
{
    internal ControlRequest(HttpContext context, object resource, string method, JsonElement parameters)
    {
        Context = context;
        Resource = resource;
        Method = method;
        Parameters = parameters;
    }

    /// <summary>Gets the request, for example to find its user.</summary>
    public HttpContext Context { get; }

    /// <summary>Gets the resource whose method is called, such as a <see cref="Worker"/>.</summary>
    public object Resource { get; }

    /// <summary>Gets the name of the method.</summary>
    public string Method { get; }

    /// <summary>Gets the parameters of the call, a JSON object.</summary>
    public JsonElement Parameters { get; }
}
