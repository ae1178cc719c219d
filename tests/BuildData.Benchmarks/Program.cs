// Races BuildData against what else a .NET host would use, on real files and on a PostgreSQL server.
//
//   dotnet run -c Release --project tests/BuildData.Benchmarks -- race [--work w1,r1,…] [--rounds 5] [--seconds 1] [--scale DIR] [--builds 100000] [--json FILE]
//   dotnet run -c Release --project tests/BuildData.Benchmarks -- race --work p1,p2,p3 --postgresql CONNECTION [--delay 0,1,10] [--processes 1,2,4,8] [--callers 16,64]
//   dotnet run -c Release --project tests/BuildData.Benchmarks -- scale DIR      makes the databases of 10,000 and 10,000,000 steps
//   dotnet run -c Release --project tests/BuildData.Benchmarks -- claims [--requests 10000] [--workers 64] [--rounds 3] [--postgresql CONNECTION] [--processes 8]
//   dotnet run -c Release --project tests/BuildData.Benchmarks -- queries [--steps 10000000] [--small 10000] [--postgresql CONNECTION] [--keep FOLDER] [--only PART] [--runs 15]
//   dotnet run -c Release --project tests/BuildData.Benchmarks -- copy [--builds 100000] [--kills 5] [--folder DIR] [--postgresql CONNECTION]
//   dotnet run -c Release --project tests/BuildData.Benchmarks -- logs [--steps 64] [--lines 40000] [--rounds 5] [--deep 1100000] [--text FILE] [--many 1000000] [--postgresql CONNECTION]
//   dotnet run -c Release --project tests/BuildData.Benchmarks -- web [--rounds 5] [--seconds 2] [--sockets 1000] [--rate 5000] [--builds 100000]      needs wrk
//   dotnet run -c Release --project tests/BuildData.Benchmarks -- web-churn MINUTES      WebSockets and streams come and go
//   dotnet run -c Release --project tests/BuildData.Benchmarks -- soak MINUTES   writes, reads and follows, and prints the heap
//   dotnet run -c Release --project tests/BuildData.Benchmarks -- micro          single functions, with BenchmarkDotNet

using BenchmarkDotNet.Running;
using BuildData.Benchmarks;
using BuildData.Benchmarks.Copying;
using BuildData.Benchmarks.Logs;
using BuildData.Benchmarks.Micro;
using BuildData.Benchmarks.Web;

switch (args)
{
    case ["race", .. string[] options]:
        await Race.Run(RaceOptions.Parse(options));
        return 0;
    case ["racer"]:
        await Racer.Run();
        return 0;
    case ["claims", .. string[] options]:
        await ClaimRace.Run(ClaimRaceOptions.Parse(options));
        return 0;
    case ["claimer", string connection, string masterName, string workers]:
        await Claimer.Run(connection, masterName, int.Parse(workers, System.Globalization.CultureInfo.InvariantCulture));
        return 0;
    case ["scale", string folder]:
        await ScaleFixture.Make(folder);
        return 0;
    case ["queries", .. string[] options]:
        await QueryBenchmark.Run(QueriesOptions.Parse(options));
        return 0;
    case ["copy", .. string[] options]:
        await CopyRun.Run(CopyOptions.Parse(options));
        return 0;
    case ["copier", string from, string to]:
        await Copier.Run(from, to);
        return 0;
    case ["logs", .. string[] options]:
        await LogBenchmark.Run(LogOptions.Parse(options));
        return 0;
    case ["web", .. string[] options]:
        await WebBenchmark.Run(WebOptions.Parse(options));
        return 0;
    case ["web-clients", string authority, string count]:
        await PumpClients.Run(authority, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture));
        return 0;
    case ["web-churn", string minutes]:
        await Churn.Run(TimeSpan.FromMinutes(double.Parse(minutes, System.Globalization.CultureInfo.InvariantCulture)));
        return 0;
    case ["web-churn-client", string authority]:
        await Churn.RunClient(authority);
        return 0;
    case ["soak", string minutes]:
        await Soak.Run(TimeSpan.FromMinutes(double.Parse(minutes, System.Globalization.CultureInfo.InvariantCulture)));
        return 0;
    case ["micro", .. string[] options]:
        BenchmarkRunner.Run<MicroBenchmarks>(args: options);
        return 0;
    default:
        await Console.Error.WriteLineAsync("race | claims | copy | logs | web | web-churn MINUTES | scale DIR | queries | soak MINUTES | micro; see Program.cs");
        return 2;
}
