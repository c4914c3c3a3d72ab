using System.Globalization;
using System.Text;
using ImOrleans.Domain.Errors;

namespace ImOrleans.Domain.Tests.Errors;

/// <summary>Writes the error catalogue as text: the golden list, and the page for people.</summary>
internal static class ErrorReference
{
    private const int InternalFrom = 90_000;

    /// <summary>A group has the codes from its number up to the next one's.</summary>
    private static readonly (int From, string Title)[] Groups =
    [
        (1, "Instant messaging: the oldest numbers"),
        (10_000, "Connection, login and tokens"),
        (11_000, "Channels, topics and user messages"),
        (12_000, "Storage"),
        (13_000, "Presence"),
        (14_000, "Locks"),
        (15_000, "History"),
        (20_000, "Instant messaging"),
        (InternalFrom, "Inside the server"),
    ];

    /// <summary>Number, name and whether it may be tried again; one code a line.</summary>
    public static string WriteGolden(IEnumerable<ErrorDescription> catalog)
    {
        var text = new StringBuilder();
        foreach (var error in catalog)
            text.Append(
                CultureInfo.InvariantCulture,
                $"{(int)error.Code} {error.Name} {(error.Retryable ? "retryable" : "final")}\n");
        return text.ToString();
    }

    /// <summary>The page <c>docs/errors.md</c>.</summary>
    public static string WritePage(IReadOnlyCollection<ErrorDescription> catalog)
    {
        var text = new StringBuilder();
        text.Append("# Errors\n\n");
        text.Append("Every code of the hub. Calls of app servers have three more, 1002, 1004 and 1008: see section 13 of\n");
        text.Append("[PROTOCOL.md](PROTOCOL.md). Numbers are never reused. This page is written from\n");
        text.Append("`src/Domain/Errors/ErrorCatalog.cs` by the tests of the domain: change the catalogue and run ");
        text.Append("them with\n`UPDATE_GOLDEN=1`, never change this page.\n\n");
        text.Append("\"Try again\" says whether the same call may succeed later (`retryable` in a reply).\n");
        foreach (var ((from, title), next) in Groups.Zip(Groups.Skip(1).Select(group => group.From).Append(int.MaxValue)))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n");
            if (from >= InternalFrom)
                text.Append("No client ever sees these.\n\n");
            text.Append("| code | name | try again | meaning |\n|---|---|---|---|\n");
            foreach (var error in catalog.Where(error => (int)error.Code >= from && (int)error.Code < next))
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {(int)error.Code} | `{error.Name}` | {(error.Retryable ? "yes" : "no")} | {error.Text} |\n");
        }

        return text.ToString();
    }
}
