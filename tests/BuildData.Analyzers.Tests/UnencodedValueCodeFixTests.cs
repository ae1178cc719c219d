using BuildData.Analyzers.CodeFixes;
using Microsoft.CodeAnalysis;

namespace BuildData.Analyzers.Tests;

internal sealed class UnencodedValueCodeFixTests
{
    [TestCase(
        """string path = $"/builders/{name}"; await data.Get<Builder>({|BD0002:path|});""",
        """DataPath path = $"/builders/{name}"; await data.Get<Builder>(path);""")]
    [TestCase(
        """var path = $"/builders/{name}"; Builder? builder = await data.Get<Builder>({|BD0002:path|});""",
        """DataPath path = $"/builders/{name}"; Builder? builder = await data.Get<Builder>(path);""")]
    [TestCase(
        """string path = $"/builders/{args[0]}"; if (id > 0) { await data.Get<Builder>({|BD0002:path|}); }""",
        """DataPath path = $"/builders/{args[0]}"; if (id > 0) { await data.Get<Builder>(path); }""")]
    [TestCase(
        """string path = $"/builders/{args[0]}"; if (await data.Get<Builder>({|BD0002:path|}) is null) { await Task.Yield(); }""",
        """DataPath path = $"/builders/{args[0]}"; if (await data.Get<Builder>(path) is null) { await Task.Yield(); }""")]
    [TestCase(
        """string path = $"/builders/{args[0]}/builds"; await using var watch = await data.Watch<Build>({|BD0002:path|});""",
        """DataPath path = $"/builders/{args[0]}/builds"; await using var watch = await data.Watch<Build>(path);""")]
    public Task Variable_IsUsedOnce_BecomesADataPath(string statements, string expected) => Fixes(statements, expected);

    [TestCase(
        """
        string path = $"/builders/{name}";
        await data.Get<Builder>({|BD0002:path|});
        await data.Get({|BD0002:path|});
        """,
        """
        await data.Get<Builder>($"/builders/{name}");
        await data.Get($"/builders/{name}");
        """)]
    [TestCase(
        """
        string path = $"/builders/{name}";
        Console.WriteLine(path);
        await data.Get({|BD0002:path|});
        """,
        """
        string path = $"/builders/{name}";
        Console.WriteLine(path);
        await data.Get($"/builders/{name}");
        """)]
    [TestCase(
        """
        // The builder.
        string path = $"/builders/{name}";
        while (id > 0)
            await data.Get({|BD0002:path|});
        """,
        """
        // The builder.
        while (id > 0)
            await data.Get($"/builders/{name}");
        """)]
    [TestCase(
        """
        string path = $"/builders/{name}";
        await Task.Yield();
        await data.Get({|BD0002:path|});
        """,
        """
        await Task.Yield();
        await data.Get($"/builders/{name}");
        """)]
    [TestCase(
        """
        string path = $"/builders/{name}";
        Func<Task> read = () => data.Get({|BD0002:path|});
        """,
        """
        Func<Task> read = () => data.Get($"/builders/{name}");
        """)]
    public Task Variable_CannotBeADataPath_IsReplacedByItsString(string statements, string expected) => Fixes(statements, expected);

    [TestCase(
        """await data.Get<Builder>({|BD0002:"/builders/" + name|});""",
        """await data.Get<Builder>($"/builders/{name}");""")]
    [TestCase(
        """await data.GetAll<Build>({|BD0002:$"/builders/{name}" + "/builds"|});""",
        """await data.GetAll<Build>($"/builders/{name}/builds");""")]
    [TestCase(
        """await data.Get<Builder>({|BD0002:(string)$"/builders/{name}"|});""",
        """await data.Get<Builder>($"/builders/{name}");""")]
    [TestCase(
        """await data.Get<Build>({|BD0002:"/builders/" + (id > 0 ? "a" : "b") + "/builds/" + id + "?state_string=" + name|});""",
        """await data.Get<Build>($"/builders/{(id > 0 ? "a" : "b")}/builds/{id}?state_string={name}");""")]
    [TestCase(
        """await data.GetAll<Build>({|BD0002:"/builders/" + name + "/builds?state_string={a}"|});""",
        """await data.GetAll<Build>($"/builders/{name}/builds?state_string={{a}}");""")]
    [TestCase(
        """await data.Get<Builder>({|BD0002:string.Create(CultureInfo.InvariantCulture, $"/builders/{name}")|});""",
        """await data.Get<Builder>($"/builders/{name}");""")]
    [TestCase(
        """await data.Get<Builder>({|BD0002:FormattableString.Invariant($"/builders/{name}")|});""",
        """await data.Get<Builder>($"/builders/{name}");""")]
    [TestCase(
        """DataPath path = {|BD0002:"/builders/" + name|}; await data.Get<Builder>(path);""",
        """DataPath path = $"/builders/{name}"; await data.Get<Builder>(path);""")]
    public Task Expression_OfSeveralStrings_BecomesOneInterpolatedString(string statements, string expected) => Fixes(statements, expected);

    // The value of the hole can change before the path is used.
    [TestCase("""string path = $"/builders/{name}"; name = "b"; await data.Get({|BD0002:path|}); await data.Get({|BD0002:path|});""")]
    [TestCase("""string path = $"/builders/{args[0]}"; await data.Get({|BD0002:path|}); await data.Get({|BD0002:path|});""")]

    [TestCase("""string path = $"/builds?started_at__ge={DateTime.UtcNow}"; await data.Get({|BD0002:path|}); await data.Get({|BD0002:path|});""")]
    [TestCase("""string path = $"/builders/{o.MasterName}"; await data.Get({|BD0002:path|}); await data.Get({|BD0002:path|});""")]

    // A variable of several strings, a copy, and an argument that suspends the method after the path.
    [TestCase("""string path = "/builders/" + name; await data.Get({|BD0002:path|});""")]
    [TestCase("""string path = $"/builders/{name}"; DataPath copy = {|BD0002:path|}; await data.Get(copy);""")]
    [TestCase("""string path = $"/builders/{name}"; await data.Get({|BD0002:path|}, await Task.FromResult(new ResultSpec()));""")]

    [TestCase("""await data.GetAll<Build>({|BD0002:FormattableString.Invariant($"/builders/{name}") + "/builds"|});""")]
    [TestCase("""string path = FormattableString.Invariant($"/builders/{name}"); await data.Get({|BD0002:path|});""")]

    // A hole would encode the text of the constant.
    [TestCase("""const string Builders = "/builders/"; await data.Get({|BD0002:Builders + name|});""")]
    public Task Code_ThatTheFixWouldBreak_IsNotChanged(string statements) =>
        Verify.FixesNothing<UnencodedValueAnalyzer, UnencodedValueCodeFix>(Code.With(statements));

    [Test]
    public Task Variable_OfAProgramWithoutAClass_IsChanged() => Verify.Fixes<UnencodedValueAnalyzer, UnencodedValueCodeFix>(
        """
        using BuildData;

        await using var master = await Master.Open("Data Source=builds.db");
        string name = args[0];
        string once = $"/builders/{name}";
        await master.Data.Get<Builder>({|BD0002:once|});

        // Twice.
        string twice = $"/builders/{name}/builds";
        await master.Data.GetAll<Build>({|BD0002:twice|});
        await master.Data.Count<Build>({|BD0002:twice|});
        """,
        """
        using BuildData;

        await using var master = await Master.Open("Data Source=builds.db");
        string name = args[0];
        DataPath once = $"/builders/{name}";
        await master.Data.Get<Builder>(once);

        // Twice.
        await master.Data.GetAll<Build>($"/builders/{name}/builds");
        await master.Data.Count<Build>($"/builders/{name}/builds");
        """,
        OutputKind.ConsoleApplication);

    private static Task Fixes(string statements, string expected) =>
        Verify.Fixes<UnencodedValueAnalyzer, UnencodedValueCodeFix>(Code.With(statements), Code.With(expected));
}
