using Microsoft.CodeAnalysis;

namespace BuildData.Analyzers;

/// <summary>Defines the rules.</summary>
internal static class Rules
{
    /// <summary>BD0001: no endpoint has the path.</summary>
    public static readonly DiagnosticDescriptor NoEndpoint = new(
        "BD0001",
        "A path must be the path of an endpoint, and the call must match its result",
        "No endpoint has the path '{0}'; the nearest is '{1}'",
        "Usage",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The call would throw an InvalidPathException.",
        HelpLinks.Of("BD0001"));

    /// <summary>BD0001: the endpoint returns another result than the call expects.</summary>
    public static readonly DiagnosticDescriptor WrongResult = new(
        "BD0001",
        "A path must be the path of an endpoint, and the call must match its result",
        "The path '{0}' returns {1}: use '{2}' instead of '{3}'",
        "Usage",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The call would throw an InvalidPathException.",
        HelpLinks.Of("BD0001"));

    /// <summary>BD0002: an inserted value is not percent-encoded.</summary>
    public static readonly DiagnosticDescriptor UnencodedValue = new(
        "BD0002",
        "A value in a path must be percent-encoded",
        "The value of '{0}' is not percent-encoded, because the path is a string before it is a DataPath",
        "Security",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A value such as 'a?limit=0' changes the query. The holes of an interpolated string are encoded only if the string is a DataPath from the beginning.",
        HelpLinks.Of("BD0002"));

    /// <summary>BD0003: the code ignores the result of an update, although the update can be refused.</summary>
    public static readonly DiagnosticDescriptor IgnoredResult = new(
        "BD0003",
        "The result of a claim or a completion must be checked",
        "The result of '{0}' is ignored, so the code does not notice that nothing was changed",
        "Reliability",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The method does not throw if another master has claimed a build request, or if the request is complete. It changes nothing, and its result is false.",
        HelpLinks.Of("BD0003"));

    /// <summary>
    /// BD0004: code inside the function of a transaction calls the updates of the master, instead of the updates of the transaction.
    /// </summary>
    public static readonly DiagnosticDescriptor OuterUpdates = new(
        "BD0004",
        "Inside a transaction, updates must be called on the function's parameter",
        "'{0}' is used inside its own transaction, where its methods throw: use the parameter '{1}'",
        "Usage",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The update would wait for the end of the transaction, so the method throws an InvalidOperationException.",
        HelpLinks.Of("BD0004"));
}
