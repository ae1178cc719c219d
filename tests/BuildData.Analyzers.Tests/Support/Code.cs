namespace BuildData.Analyzers.Tests;

/// <summary>Creates source files from the statements of tests.</summary>
internal static class Code
{
    /// <summary>Returns a file with the statements in an asynchronous method. The fields are what a host has.</summary>
    public static string With(string statements) => WithMembers($$"""
            public async Task Run(string name, long id, string[] args)
            {
                {{statements.Replace("\n", "\n        ", StringComparison.Ordinal)}}
            }
        """);

    /// <summary>Returns a file with the members in a class.</summary>
    public static string WithMembers(string members) => $$"""
        using System;
        using System.Collections.Generic;
        using System.Globalization;
        using System.IO;
        using System.Linq;
        using System.Net;
        using System.Threading;
        using System.Threading.Tasks;
        using BuildData;
        using BuildData.Queries;
        using Microsoft.Extensions.DependencyInjection;

        internal partial class Host(Master master, Master otherMaster, DataApi data, Updates updates, BuildDataOptions o, IServiceCollection services)
        {
            private readonly AddedBuild build = null!;
            private readonly long buildsetId = 1;
            private readonly long linux = 1;
            private readonly long requestId = 1;
            private readonly long stepId = 1;
            private readonly IReadOnlyDictionary<long, long> requests = new Dictionary<long, long>();
            private readonly Updates _updates = updates;
            private Updates Current => master.Data.Updates;
            private Updates Own { get; } = master.Data.Updates;
            private EventCursor cursor;

        {{members}}
        }
        """;
}
